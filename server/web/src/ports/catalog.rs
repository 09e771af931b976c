//! The products of a site, for its pages.

use app::{
    ports::{Answer, Catalog},
    types::{EventTime, Product},
};
use async_trait::async_trait;
use domain::purchase::ProductKind;
use server_core::{dates, zone::Zone};
use store::{entities::product, products};

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
        price,
        picture: row.picture,
    }
}

#[async_trait]
impl Catalog for Services {
    async fn products(&self, kind: Option<ProductKind>) -> Answer<Vec<Product>> {
        let (state, site) = (&self.state, self.context.site.id());
        let rows = products::list(state.db.reader(), site, kind, state.now()).await;
        let rows = rows.map_err(|error| internal_error(error.into()))?;
        let rows = rows.into_iter();
        Ok(rows.map(|row| view(row, self.zone())).collect())
    }

    async fn product(&self, kind: ProductKind, slug: &str) -> Answer<Option<Product>> {
        let db = self.state.db.reader();
        let row = products::by_slug(db, self.context.site.id(), kind, slug).await;
        let row = row.map_err(|error| internal_error(error.into()))?;
        Ok(row.map(|row| view(row, self.zone())))
    }
}
