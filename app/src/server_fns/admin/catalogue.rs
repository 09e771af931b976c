//! The catalogue as an admin edits it.

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
        price,
    };
    let outcome = Ports::current().admin_catalogue.save(form.clone()).await;
    let page = match form.id.parse::<i64>() {
        Ok(id) => format!("/admin/catalogue/{id}"),
        Err(_) => "/admin/catalogue/new".to_owned(),
    };
    let typed = [
        ("version", form.version.as_str()),
        ("kind", &form.kind),
        ("name", &form.name),
        ("summary", &form.summary),
        ("description", &form.description),
        ("detail", &form.detail),
        ("price", &form.price),
    ];
    answer("save_product", &page, &typed, outcome).await
}

/// Takes a product off the catalogue (`withdrawn` is `true`), or puts it back.
#[server(endpoint = "set_product_withdrawn")]
pub async fn set_product_withdrawn(
    #[server(default)] id: String,
    #[server(default)] withdrawn: String,
    #[server(default)] version: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let catalogue = Ports::current().admin_catalogue;
    let outcome = catalogue
        .set_withdrawn(read::id(&id), withdrawn == "true", &version)
        .await;
    answer("set_product_withdrawn", "/admin/catalogue", &[], outcome).await
}
