//! Admin > Catalog: all products, including withdrawn ones.

use domain::{account::Permission, credit::Program, purchase::ProductKind};
use leptos::prelude::*;

use crate::{
    components::{AdminPage, Empty, internal_error, refusal_notice, section_label},
    islands::admin::WithdrawButton,
    pages::query,
    ports::{Ports, Viewer},
    types::admin::ProductRow,
};

/// The path of the form that adds a product.
const NEW: &str = "/admin/catalog/new";

/// All products, by kind.
#[component]
pub fn CatalogPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    let refusal = viewer.refusal("set_product_withdrawn");
    let manages = viewer
        .rights
        .may(Program::Tenant, Permission::ManageCatalog);
    let saved = query("saved");
    let content = Suspend::new(async move {
        match ports.admin_catalog.list().await {
            Ok(products) => view! {
                {saved.map(|saved| saved_notice(&saved, &products))}
                {refusal_notice(&refusal)}
                {list(&products, manages)}
            }
            .into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    let add = manages.then(|| {
        view! { <a class="button button-primary" href=NEW>"Add a product"</a> }.into_any()
    });
    view! {
        <AdminPage title="Catalog" action=add>
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}

fn saved_notice(saved: &str, products: &[ProductRow]) -> impl IntoView + use<> {
    let product = products.iter().find(|row| row.id.to_string() == saved);
    let words = match product {
        Some(product) => view! {
            <bdi>{product.name.clone()}</bdi>
            " was saved."
        }
        .into_any(),
        None => "The product was saved.".into_any(),
    };
    view! { <p class="notice" role="status">{words}</p> }
}

fn list(products: &[ProductRow], manages: bool) -> AnyView {
    if products.is_empty() {
        return view! {
            <Empty title="The catalog is empty">
                <p>"Tickets, courses, memberships and shop items can be bought as soon as you add them."</p>
            </Empty>
        }
        .into_any();
    }
    let groups = ProductKind::ALL.map(|kind| group(kind, products, manages));
    view! { {groups} }.into_any()
}

fn group(
    kind: ProductKind,
    products: &[ProductRow],
    manages: bool,
) -> Option<impl IntoView + use<>> {
    let rows: Vec<_> = products
        .iter()
        .filter(|product| product.kind == kind)
        .map(|product| row(product.clone(), manages))
        .collect();
    let id = kind.section();
    (!rows.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby=id>
                <h2 class="panel-title" id=id>{section_label(kind)}</h2>
                <ul class="stock">{rows}</ul>
            </section>
        }
    })
}

fn row(product: ProductRow, manages: bool) -> impl IntoView {
    let period = if product.kind.spends_balance() {
        "/month"
    } else {
        ""
    };
    let price = if product.price.is_positive() {
        format!("{}{period}", product.price)
    } else {
        "Free".to_owned()
    };
    let actions = manages.then(|| {
        view! {
            <span class="stock-actions">
                <WithdrawButton
                    id=product.id
                    name=product.name.clone()
                    withdrawn=product.withdrawn
                    version=product.version
                />
                <a class="button button-small" href=format!("/admin/catalog/{}", product.id)>
                    "Edit"<span class="visually-hidden">{format!(" {}", product.name)}</span>
                </a>
            </span>
        }
    });
    view! {
        <li class="stock-row">
            <span class="stock-name" dir="auto">{product.name.clone()}</span>
            <span class="stock-price money">{price}</span>
            {actions}
        </li>
    }
}
