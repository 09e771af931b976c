//! The catalogue as an admin edits it.

mod save;
mod withdraw;

use app::{
    ports::{AdminCatalogue, Answer},
    types::{
        Outcome,
        admin::{ProductForm, ProductRow},
    },
};
use async_trait::async_trait;
use domain::money::Money;
use store::ProductId;
use store::{entities::product, products};

use crate::ports::{Services, broken};

#[async_trait]
impl AdminCatalogue for Services {
    async fn list(&self) -> Answer<Vec<ProductRow>> {
        let Some(admin) = self.visit.tenant_admin() else {
            return Ok(Vec::new());
        };
        let rows = products::all(self.state.db.reader(), admin.site.id()).await;
        let rows = rows.map_err(|error| broken(error.into()))?;
        Ok(rows.into_iter().filter_map(row).collect())
    }

    async fn form(&self, id: i64) -> Answer<Option<ProductForm>> {
        let Some(admin) = self.visit.tenant_admin() else {
            return Ok(None);
        };
        let found =
            products::any_by_id(self.state.db.reader(), admin.site.id(), ProductId::new(id)).await;
        let found = found.map_err(|error| broken(error.into()))?;
        Ok(found.map(form))
    }

    async fn save(&self, form: ProductForm) -> Answer<Outcome> {
        save::save(self, &form).await.map_err(broken)
    }

    async fn set_withdrawn(&self, id: i64, withdrawn: bool, version: &str) -> Answer<Outcome> {
        withdraw::set_withdrawn(self, ProductId::new(id), withdrawn, version)
            .await
            .map_err(broken)
    }
}

/// What an id that is none of this site's gets, whether another site has it or nobody.
const UNKNOWN: &str = "There is no such product here.";

/// `audit_log.subject` of the product with this name.
fn subject(name: &str) -> String {
    format!("Product {name}")
}

/// What the product costs now.
fn price(product: &product::Model) -> Money {
    let currency = *product.currency;
    Money::new(product.price_cents, currency)
}

/// `None` for a kind that this version does not know.
fn row(product: product::Model) -> Option<ProductRow> {
    Some(ProductRow {
        id: product.id.get(),
        kind: *product.kind,
        path: products::path(&product),
        price: price(&product),
        withdrawn: product.withdrawn_at.is_some(),
        version: product.version,
        name: product.name,
    })
}

fn form(product: product::Model) -> ProductForm {
    ProductForm {
        id: product.id.to_string(),
        version: product.version.to_string(),
        kind: product.kind.code().to_owned(),
        name: product.name,
        summary: product.summary,
        description: product.description,
        detail: product.detail,
        price: product.price_cents.to_string(),
    }
}
