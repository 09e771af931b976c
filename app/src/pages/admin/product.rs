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
            Ok(Some((product, currency))) => {
                let title = match product.id.is_empty() {
                    true => "Add a product".to_owned(),
                    false => product.name.clone(),
                };
                view! {
                    <AdminPage title>
                        <nav class="crumbs" aria-label="You are here">
                            <a href="/admin/catalog">"Catalog"</a>
                        </nav>
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

/// The product and the currency of its price; for a new one the site's current currency.
async fn product(ports: &Ports, id: &str) -> Answer<Option<(Form, Currency)>> {
    if id == "new" {
        let settings = ports.settings.payments().await?;
        let form = Form {
            kind: ProductKind::EventTicket.code().to_owned(),
            ..Form::default()
        };
        return Ok(settings.tenant.map(|tenant| (form, tenant.currency)));
    }
    let Ok(id) = id.parse::<i64>() else {
        return Ok(None);
    };
    let Some(form) = ports.admin_catalog.form(id).await? else {
        return Ok(None);
    };
    let row = ports.admin_catalog.list().await?;
    let row = row.into_iter().find(|row| row.id == id);
    Ok(row.map(|row| (form, row.price.currency())))
}
