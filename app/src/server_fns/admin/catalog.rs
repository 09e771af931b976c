//! Editing the catalog.

// For the module, since the macro makes two functions of one.
#![expect(
    clippy::too_many_arguments,
    reason = "one for each field of the product form"
)]

use leptos::prelude::*;

use crate::types::Outcome;

/// Adds a product (no `id`) or changes one.
#[server(endpoint = "save_product")]
pub async fn save_product(
    #[server(default)] id: String,
    #[server(default)] version: String,
    #[server(default)] kind: String,
    #[server(default)] name: String,
    #[server(default)] summary: String,
    #[server(default)] description: String,
    #[server(default)] detail: String,
    #[server(default)] starts_on: String,
    #[server(default)] starts_time: String,
    #[server(default)] ships: String,
    #[server(default)] price: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer, types::admin::ProductForm};

    let form = ProductForm {
        id,
        version,
        kind,
        name,
        summary,
        description,
        detail,
        starts_on,
        starts_time,
        ships,
        price,
    };
    let outcome = Ports::current().admin_catalog.save(form.clone()).await;
    let page = match form.id.parse::<i64>() {
        Ok(id) => format!("/admin/catalog/{id}"),
        Err(_) => "/admin/catalog/new".to_owned(),
    };
    let typed = [
        ("version", form.version.as_str()),
        ("kind", &form.kind),
        ("name", &form.name),
        ("summary", &form.summary),
        ("description", &form.description),
        ("detail", &form.detail),
        ("starts_on", &form.starts_on),
        ("starts_time", &form.starts_time),
        ("ships", &form.ships),
        ("price", &form.price),
    ];
    answer("save_product", &page, &typed, outcome).await
}

/// Takes a product off the catalog (`withdrawn` is `true`) or puts it back.
#[server(endpoint = "set_product_withdrawn")]
pub async fn set_product_withdrawn(
    #[server(default)] id: String,
    #[server(default)] withdrawn: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let catalog = Ports::current().admin_catalog;
    let outcome = catalog
        .set_withdrawn(read::id(&id), withdrawn == "true", &version)
        .await;
    answer("set_product_withdrawn", "/admin/catalog", &[], outcome).await
}
