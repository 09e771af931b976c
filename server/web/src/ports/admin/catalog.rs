//! The catalog, as the staff edits it.

use app::{
    ports::{AdminCatalog, Answer},
    types::{
        Outcome,
        admin::{ProductForm, ProductRow},
    },
};
use async_trait::async_trait;
use domain::forms::TypedProduct;
use server_core::zone::Zone;
use services::{
    catalog,
    rights::{ManageCatalog, See},
};
use store::{ProductId, entities::product, products};
use time::PrimitiveDateTime;

use super::not_yours;
use crate::ports::{Services, internal_error};

#[async_trait]
impl AdminCatalog for Services {
    async fn list(&self) -> Answer<Vec<ProductRow>> {
        let Some(staff) = self.context.tenant_staff::<See>() else {
            return Ok(Vec::new());
        };
        let rows = products::all(self.state.db.reader(), staff.site.id()).await;
        let rows = rows.map_err(|error| internal_error(error.into()))?;
        Ok(rows.into_iter().map(row).collect())
    }

    async fn form(&self, id: i64) -> Answer<Option<ProductForm>> {
        let Some(staff) = self.context.tenant_staff::<ManageCatalog>() else {
            return Ok(None);
        };
        let found =
            products::any_by_id(self.state.db.reader(), staff.site.id(), ProductId::new(id)).await;
        let found = found.map_err(|error| internal_error(error.into()))?;
        Ok(found.map(|product| form(product, self.zone())))
    }

    async fn save(&self, form: ProductForm) -> Answer<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let typed = TypedProduct {
            name: &form.name,
            summary: &form.summary,
            description: &form.description,
            detail: &form.detail,
            starts_on: &form.starts_on,
            starts_time: &form.starts_time,
            ships: &form.ships,
            price: &form.price,
        };
        let saved = match form.id.trim() {
            "" => catalog::add(&self.state, &staff, &form.kind, typed).await,
            id => {
                let id = id.parse().ok().map(ProductId::new);
                catalog::change(&self.state, &staff, id, &form.version, typed).await
            }
        };
        Ok(match saved.map_err(internal_error)? {
            Ok(id) => Outcome::Go(format!("/admin/catalog?saved={id}")),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn set_withdrawn(&self, id: i64, withdrawn: bool, version: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let id = ProductId::new(id);
        let changed = catalog::set_withdrawn(&self.state, &staff, id, withdrawn, version).await;
        Ok(match changed.map_err(internal_error)? {
            Ok(name) if withdrawn => Outcome::Done(format!("{name} was taken off the catalog.")),
            Ok(name) => Outcome::Done(format!("{name} is on offer again.")),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }
}

fn row(product: product::Model) -> ProductRow {
    ProductRow {
        id: product.id.get(),
        kind: *product.kind,
        path: products::path(&product),
        price: product.price(),
        withdrawn: product.withdrawn_at.is_some(),
        version: product.version,
        name: product.name,
    }
}

fn form(product: product::Model, zone: &Zone) -> ProductForm {
    let starts = product.starts_at.map(|at| zone.shown_at(at.moment()));
    let time = |starts: PrimitiveDateTime| {
        let (hour, minute, _) = starts.time().as_hms();
        format!("{hour:02}:{minute:02}")
    };
    ProductForm {
        id: product.id.to_string(),
        version: product.version.to_string(),
        kind: product.kind.code().to_owned(),
        name: product.name,
        summary: product.summary,
        description: product.description,
        detail: product.detail,
        starts_on: starts.map(|at| at.date().to_string()).unwrap_or_default(),
        starts_time: starts.map(time).unwrap_or_default(),
        ships: if product.ships { "on" } else { "" }.to_owned(),
        price: product.price_cents.to_string(),
    }
}
