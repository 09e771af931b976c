//! The products of a site, for its pages, with those that they point to.

use app::{
    ports::{Answer, Catalog},
    types::{EventTime, HomeCatalog, Product, ShownProduct},
};
use async_trait::async_trait;
use domain::purchase::{Listed, ProductKind, has_begun, next_event, related};
use server_core::{dates, zone::Zone};
use store::{Timestamp, entities::product, products};

use super::{Services, internal_error};

/// A product as pages show it, with its time in `zone`.
pub fn view(row: product::Model, zone: &Zone) -> Product {
    let price = row.price();
    let starts = row.starts_at.map(|at| EventTime {
        words: dates::event(at, zone),
        moment: dates::iso_there(at, zone),
    });
    Product {
        id: row.id.get(),
        kind: *row.kind,
        slug: row.slug,
        name: row.name,
        summary: row.summary,
        description: row.description,
        detail: row.detail,
        starts,
        ships: row.ships,
        price,
        picture: row.picture,
    }
}

fn listed(row: &product::Model) -> Listed {
    Listed {
        id: row.id.get(),
        starts: row.starts_at.map(Timestamp::moment),
    }
}

impl Services {
    async fn on_offer(&self, kind: Option<ProductKind>) -> Answer<Vec<product::Model>> {
        let (state, site) = (&self.state, self.context.site.id());
        let rows = products::list(state.db.reader(), site, kind, state.now()).await;
        rows.map_err(|error| internal_error(error.into()))
    }
}

#[async_trait]
impl Catalog for Services {
    async fn home(&self) -> Answer<HomeCatalog> {
        let rows = self.on_offer(None).await?;
        let next = next_event(&rows, |row| listed(row), self.state.now().moment());
        Ok(HomeCatalog {
            next_event: next.cloned().map(|row| view(row, self.zone())),
            products: rows.into_iter().map(|row| view(row, self.zone())).collect(),
        })
    }

    async fn products(&self, kind: ProductKind) -> Answer<Vec<Product>> {
        let rows = self.on_offer(Some(kind)).await?.into_iter();
        Ok(rows.map(|row| view(row, self.zone())).collect())
    }

    async fn product(&self, kind: ProductKind, slug: &str) -> Answer<Option<ShownProduct>> {
        let rows = self.on_offer(Some(kind)).await?;
        let Some(row) = rows.iter().find(|row| row.slug == slug).cloned() else {
            return Ok(None);
        };
        let now = self.state.now().moment();
        let has_begun = has_begun(listed(&row).starts, now);
        let related = related(rows, listed, row.id.get(), now);
        Ok(Some(ShownProduct {
            has_begun,
            related: related
                .into_iter()
                .map(|row| view(row, self.zone()))
                .collect(),
            product: view(row, self.zone()),
        }))
    }
}
