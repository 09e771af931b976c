//! The products of a site, for its pages.

use app::{
    ports::{Answer, Catalog},
    types::Product,
};
use async_trait::async_trait;
use domain::purchase::ProductKind;
use store::{entities::product, products};

use super::{Services, internal_error};

/// A product as pages show it.
pub fn view(row: product::Model) -> Product {
    let price = row.price();
    Product {
        id: row.id.get(),
        kind: *row.kind,
        slug: row.slug,
        name: row.name,
        summary: row.summary,
        description: row.description,
        detail: row.detail,
        price,
        picture: row.picture,
    }
}

#[async_trait]
impl Catalog for Services {
    async fn products(&self, kind: Option<ProductKind>) -> Answer<Vec<Product>> {
        let rows = products::list(self.state.db.reader(), self.context.site.id(), kind).await;
        let rows = rows.map_err(|error| internal_error(error.into()))?;
        Ok(rows.into_iter().map(view).collect())
    }

    async fn product(&self, kind: ProductKind, slug: &str) -> Answer<Option<Product>> {
        let db = self.state.db.reader();
        let row = products::by_slug(db, self.context.site.id(), kind, slug).await;
        Ok(row.map_err(|error| internal_error(error.into()))?.map(view))
    }
}
