//! Admin > Catalog: the form that adds a product or changes one.

use domain::{money::Currency, purchase::ProductKind};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;

use crate::{
    components::{AdminPage, internal_error},
    islands::admin::ProductForm,
    pages::not_found,
    ports::{Answer, Ports, Viewer},
    types::admin::ProductForm as Form,
};

/// The form; it is empty if the address says `new`.
#[component]
pub fn ProductFormPage() -> impl IntoView {
    let ports = Ports::current();
    let refusal = Viewer::current().refusal("save_product");
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .unwrap_or_default();
    let page = Suspend::new(async move {
        match product(&ports, &id).await {
            Ok(Some((product, currency, withdrawn))) => {
                let title = match product.id.is_empty() {
                    true => "Add a product".to_owned(),
                    false => product.name.clone(),
                };
                let withdrawn = withdrawn.then(|| {
                    view! {
                        <p class="notice" role="status">
                            "This product is withdrawn: nobody can buy it. Saving does not change that. "
                            <a href="/admin/catalog">"Offer it again in the catalog"</a>
                        </p>
                    }
                });
                view! {
                    <AdminPage title>
                        <nav class="crumbs" aria-label="You are here">
                            <a href="/admin/catalog">"Catalog"</a>
                        </nav>
                        {withdrawn}
                        <div class="product-form">
                            <ProductForm product currency refusal />
                        </div>
                    </AdminPage>
                }
                .into_any()
            }
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

/// The product, the currency of its price, and whether it is withdrawn; for a new one the site's current
/// currency.
async fn product(ports: &Ports, id: &str) -> Answer<Option<(Form, Currency, bool)>> {
    if id == "new" {
        let settings = ports.settings.payments().await?;
        let form = Form {
            kind: ProductKind::EventTicket.code().to_owned(),
            ..Form::default()
        };
        return Ok(settings.tenant.map(|tenant| (form, tenant.currency, false)));
    }
    let Ok(id) = id.parse::<i64>() else {
        return Ok(None);
    };
    let Some(form) = ports.admin_catalog.form(id).await? else {
        return Ok(None);
    };
    let row = ports.admin_catalog.list().await?;
    let row = row.into_iter().find(|row| row.id == id);
    Ok(row.map(|row| (form, row.price.currency(), row.withdrawn)))
}
