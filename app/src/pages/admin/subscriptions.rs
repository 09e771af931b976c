//! Admin > Orders > Memberships: the memberships of a site, and the plans of the platform's brands.

use domain::{
    credit::Program,
    purchase::{ORDERS_PATH, SUBSCRIPTIONS_PATH, StandingFilter, SubscriptionFilter},
};
use leptos::prelude::*;

use super::{
    csv_link::csv_link,
    filtered::{answered, in_address},
    tabs::tabs,
};
use crate::{
    components::{AdminPage, Empty},
    ports::{Ports, Viewer},
    types::admin::{SubscriptionRow, SubscriptionsPage as Page},
};

/// The tab in the address, filtered as the address says.
/// The state that Stripe has not told yet.
pub const NOT_READ: &str = "Not read yet";

#[component]
pub fn SubscriptionsPage() -> impl IntoView {
    let (ports, rights) = (Ports::current(), Viewer::current().rights);
    let (program, filter, ignored) = in_address(rights, tab, SubscriptionFilter::from_query);
    let content = Suspend::new(async move {
        let page = ports.memberships.listed(filter, ignored).await;
        answered(&ports, page, |page| {
            view! {
                <AdminPage title="Memberships">
                    {tabs(rights, program, tab)}
                    <p><a href=orders_path(program)>"All orders"</a></p>
                    {list(page)}
                </AdminPage>
            }
            .into_any()
        })
    });
    view! { <Suspense>{content}</Suspense> }
}

fn tab(program: Program) -> (&'static str, &'static str) {
    match program {
        Program::Tenant => (SUBSCRIPTIONS_PATH, "Site memberships"),
        Program::Platform => ("/admin/orders/subscriptions?tab=platform", "Platform plans"),
    }
}

fn orders_path(program: Program) -> String {
    match program {
        Program::Tenant => ORDERS_PATH.to_owned(),
        Program::Platform => format!("{ORDERS_PATH}?tab={}", program.code()),
    }
}

fn list(page: Page) -> impl IntoView {
    let Page {
        filter,
        ignored,
        rows,
        older,
    } = page;
    let ignored = ignored
        .into_iter()
        .map(|sentence| view! { <p class="notice" role="status">{sentence}</p> });
    let list = match (rows.is_empty(), filter == SubscriptionFilter::all(filter.program)) {
        (true, true) => view! {
            <Empty title="No memberships yet">
                <p>"What people pay for again and again is listed here, with how it stands at Stripe."</p>
            </Empty>
        }
        .into_any(),
        (true, false) => view! {
            <Empty title="Nothing matches">
                <p>"Try another state."</p>
                <a class="button" href=SubscriptionFilter::all(filter.program).path()>"Show all"</a>
            </Empty>
        }
        .into_any(),
        (false, _) => table(rows),
    };
    let newest = filter.after.is_some().then(|| {
        view! { <a class="button" href=filter.from_start().path()>"Newest"</a> }
    });
    let older =
        older.map(|older| view! { <a class="button" rel="next" href=older.path()>"Older"</a> });
    view! {
        <div class="orders">
            {filter_form(&filter)}
            {ignored.collect_view()}
            {list}
            <nav class="pages" aria-label="Pages">{newest}{older}</nav>
            {csv_link("/admin/orders/subscriptions.csv", &file_query(&filter))}
        </div>
    }
}

/// The query of the file with all that the filter lets through.
fn file_query(filter: &SubscriptionFilter) -> String {
    let path = filter.from_start().path();
    path.split_once('?')
        .map_or("", |(_, query)| query)
        .to_owned()
}

fn filter_form(filter: &SubscriptionFilter) -> impl IntoView + use<> {
    let tab = (filter.program == Program::Platform)
        .then(|| view! { <input type="hidden" name="tab" value=filter.program.code() /> });
    let states = StandingFilter::ALL.map(|standing| {
        let chosen = filter.standing == Some(standing);
        view! { <option value=standing.code() selected=chosen>{standing.label()}</option> }
    });
    view! {
        <form
            class="filter"
            method="get"
            action=SUBSCRIPTIONS_PATH
            role="search"
            aria-label="Filter memberships"
        >
            {tab}
            <div class="field">
                <label for="subscriptions-state">"State"</label>
                <select id="subscriptions-state" name="state">
                    <option value="">"All states"</option>
                    {states}
                </select>
            </div>
            <div class="filter-actions">
                <button type="submit" class="button">"Apply"</button>
            </div>
        </form>
    }
}

const LABELS: [&str; 4] = ["Began", "Member", "Membership", "State"];

/// The rows. The roles keep it a table for screen readers where the style shows cards.
fn table(rows: Vec<SubscriptionRow>) -> AnyView {
    let heads = LABELS.map(|label| view! { <th role="columnheader" scope="col">{label}</th> });
    let rows = rows.into_iter().map(row).collect_view();
    view! {
        <div class="table-frame">
            <table class="table table-orders" role="table" aria-label="Memberships">
                <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                <tbody role="rowgroup">{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(row: SubscriptionRow) -> impl IntoView {
    let buyer = match (row.buyer, row.buyer_path) {
        (Some(name), Some(path)) => view! { <a href=path dir="auto">{name}</a> }.into_any(),
        (Some(email), None) => view! { <span dir="auto">{email}</span> }.into_any(),
        (None, _) => view! { <span class="table-none">"Not known yet"</span> }.into_any(),
    };
    let state = match row.label {
        Some(label) => {
            view! { <span class=format!("badge badge-{}", row.badge)>{label}</span> }.into_any()
        }
        None => view! { <span class="table-none">{NOT_READ}</span> }.into_any(),
    };
    let words =
        (!row.words.is_empty()).then(|| view! { <span class="table-reason">{row.words}</span> });
    let cells = [
        view! {
            <time datetime=row.at>{row.on}</time>
            <a class="table-reason" href=row.order_path>{format!("Order #{}", row.number)}</a>
        }
        .into_any(),
        buyer,
        view! { <span dir="auto">{row.product}</span> }.into_any(),
        view! { {state}{words} }.into_any(),
    ];
    let mut labels = LABELS.into_iter();
    let cells = cells.map(|cell| view! { <td role="cell" data-label=labels.next()>{cell}</td> });
    view! { <tr role="row">{cells}</tr> }
}
