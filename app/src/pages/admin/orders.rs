//! Admin > Orders: the purchases of a site, and those of the platform's brands.

use domain::{
    credit::Program,
    purchase::{ORDERS_PATH, OrderFilter, PurchaseState, SubscriptionFilter},
};
use leptos::prelude::*;

use super::{
    csv_link::csv_link,
    filtered::{answered, in_address},
    order_rows::order_table,
    tabs::tabs,
};
use crate::{
    components::{AdminPage, Empty},
    islands::admin::NewerOrders,
    ports::{Ports, Viewer},
    types::admin::OrdersPage as Page,
};

/// The tab in the address, filtered as the address says.
#[component]
pub fn OrdersPage() -> impl IntoView {
    let (ports, rights) = (Ports::current(), Viewer::current().rights);
    let (program, filter, ignored) = in_address(rights, tab, OrderFilter::from_query);
    let content = Suspend::new(async move {
        let page = ports.admin_orders.page(filter, ignored).await;
        answered(&ports, page, |page| {
            view! {
                <AdminPage title="Orders">
                    {tabs(rights, program, tab)}
                    <p>
                        <a href=SubscriptionFilter::all(program).path()>{subscriptions(program)}</a>
                    </p>
                    {orders(page)}
                </AdminPage>
            }
            .into_any()
        })
    });
    view! { <Suspense>{content}</Suspense> }
}

fn tab(program: Program) -> (&'static str, &'static str) {
    match program {
        Program::Tenant => (ORDERS_PATH, "Site orders"),
        Program::Platform => ("/admin/orders?tab=platform", "Platform orders"),
    }
}

fn subscriptions(program: Program) -> &'static str {
    match program {
        Program::Tenant => "Memberships and their next payments",
        Program::Platform => "Plans and their next payments",
    }
}

fn orders(page: Page) -> impl IntoView {
    let Page {
        filter,
        ignored,
        rows,
        older,
    } = page;
    let path = filter.path();
    let query = path
        .split_once('?')
        .map_or("", |(_, query)| query)
        .to_owned();
    let ignored = ignored
        .into_iter()
        .map(|sentence| view! { <p class="notice" role="status">{sentence}</p> });
    let ignored = ignored.collect_view();
    let is_narrow = !filter.text.is_empty() || filter.state.is_some();
    let list = match (rows.is_empty(), is_narrow || filter.after.is_some()) {
        (true, true) => nothing_matches(&filter),
        (true, false) => {
            let none = none_yet(filter.program);
            return view! {
                <div class="orders">{ignored} <div><NewerOrders /> {none}</div></div>
            }
            .into_any();
        }
        (false, _) => order_table(filter.program, rows),
    };
    let newest = filter.after.is_some().then(|| {
        view! { <a class="button" href=filter.from_start().path()>"Newest orders"</a> }
    });
    let older = older
        .map(|older| view! { <a class="button" rel="next" href=older.path()>"Older orders"</a> });
    view! {
        <div class="orders">
            {filter_form(&filter, is_narrow)}
            {ignored}
            <div><NewerOrders /> {list}</div>
            <nav class="pages" aria-label="Pages">{newest}{older}</nav>
            {csv_link("/admin/orders.csv", &query)}
        </div>
    }
    .into_any()
}

fn filter_form(filter: &OrderFilter, is_narrow: bool) -> impl IntoView + use<> {
    let tab = (filter.program == Program::Platform)
        .then(|| view! { <input type="hidden" name="tab" value=filter.program.code() /> });
    let states = PurchaseState::ALL.map(|state| {
        let chosen = filter.state == Some(state);
        view! { <option value=state.code() selected=chosen>{state.label()}</option> }
    });
    let clear = is_narrow.then(|| {
        let all = OrderFilter::all(filter.program).path();
        view! { <a class="button button-quiet" href=all>"Clear filters"</a> }
    });
    let hint = match filter.program {
        Program::Tenant => {
            "The beginning of a buyer's name or email address, or of a product's name. Or an order \
             number, or the ID of a Stripe Checkout session."
        }
        Program::Platform => {
            "The beginning of a buyer's email address, of a brand or a plan. Or an order number, or \
             the ID of a Stripe Checkout session."
        }
    };
    view! {
        <form class="filter" method="get" action=ORDERS_PATH role="search" aria-label="Filter orders">
            {tab}
            <div class="field filter-text">
                <label for="orders-q">"Search"</label>
                <input
                    id="orders-q"
                    name="q"
                    type="search"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    value=filter.text.clone()
                    aria-describedby="orders-q-hint"
                />
            </div>
            <div class="field">
                <label for="orders-state">"State"</label>
                <select id="orders-state" name="state">
                    <option value="">"All states"</option>
                    {states}
                </select>
            </div>
            <div class="filter-actions">
                <button type="submit" class="button">"Apply"</button>
                {clear}
            </div>
            <p class="field-hint filter-hint" id="orders-q-hint">{hint}</p>
        </form>
    }
}

fn nothing_matches(filter: &OrderFilter) -> AnyView {
    let all = OrderFilter::all(filter.program).path();
    view! {
        <Empty title="Nothing matches">
            <p>"Try fewer letters or another state."</p>
            <a class="button" href=all>"Show all orders"</a>
        </Empty>
    }
    .into_any()
}

fn none_yet(program: Program) -> impl IntoView {
    let when = match program {
        Program::Tenant => {
            "Everything that members buy, on the site and at the counter, is listed here."
        }
        Program::Platform => "Every subscription to one of the brands is listed here.",
    };
    view! {
        <Empty title="No orders yet">
            <p>{when}</p>
        </Empty>
    }
}
