//! The table of orders. On a phone each row is shown as a card.

use domain::credit::Program;
use leptos::prelude::*;

use crate::{
    components::stripe_id,
    types::admin::{OrderReferral, OrderRow},
};

/// The rows. The roles keep it a table for screen readers where the style shows cards.
pub fn order_table(program: Program, rows: Vec<OrderRow>) -> AnyView {
    let [what, amount] = match program {
        Program::Tenant => ["Product", "Price"],
        Program::Platform => ["Plan", "Amount"],
    };
    let labels = ["Order", "Buyer", what, amount, "State", "Referral"];
    let heads = labels.map(|label| view! { <th role="columnheader" scope="col">{label}</th> });
    let rows = rows.into_iter().map(|order| row(order, labels));
    view! {
        <div class="table-frame">
            <table class="table table-orders" role="table" aria-label="Orders">
                <thead role="rowgroup"><tr role="row">{heads}</tr></thead>
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn row(order: OrderRow, labels: [&'static str; 6]) -> impl IntoView {
    let place = match order.in_person {
        true => "At the counter",
        false => "Online",
    };
    let badge = format!("badge badge-{}", order.badge);
    let back = order
        .back
        .clone()
        .map(|back| view! { <span class="table-reason">{back}</span> });
    let refund = order.refund_path.clone().map(|path| {
        view! {
            <a class="table-reason" href=path>
                "Refund"<span class="visually-hidden">" order #" {order.number}</span>
            </a>
        }
    });
    let undone = order
        .undone_reason
        .clone()
        .map(|reason| view! { <span class="table-reason" dir="auto">{reason}</span> });
    let cells = [
        view! {
            <time datetime=order.at.clone()>{order.on.clone()}</time>
            <span class="table-reason">{format!("#{} · {place}", order.number)}</span>
            {at_stripe(&order)}
        }
        .into_any(),
        buyer(&order),
        view! {
            <span dir="auto">{order.product.clone()}</span>
            <span class="table-reason">{order.kind.clone()}</span>
        }
        .into_any(),
        amount(&order),
        view! { <span class=badge>{order.label}</span>{back}{undone}{refund} }.into_any(),
        referral(order.referral),
    ];
    let mut labels = labels.into_iter();
    let cells = cells.map(|cell| {
        view! { <td role="cell" data-label=labels.next()>{cell}</td> }
    });
    view! { <tr role="row">{cells}</tr> }
}

/// The ids at Stripe, folded up; `None` if it has none: it was sold at the counter, or credit covered it.
fn at_stripe(order: &OrderRow) -> Option<impl IntoView + use<>> {
    let ids = order.stripe.iter().map(|id| {
        let shown = stripe_id(&id.name, &id.value, id.dashboard.as_deref());
        view! { <div><dt>{id.name.clone()}</dt><dd>{shown}</dd></div> }
    });
    let ids = ids.collect_view();
    (!order.stripe.is_empty()).then(|| {
        view! {
            <details class="order-stripe">
                <summary>
                    "Stripe"<span class="visually-hidden">" ids of order #" {order.number}</span>
                </summary>
                <dl class="facts">{ids}</dl>
            </details>
        }
    })
}

fn buyer(order: &OrderRow) -> AnyView {
    match (&order.buyer, &order.buyer_path) {
        (Some(name), Some(path)) => {
            view! { <a href=path.clone() dir="auto">{name.clone()}</a> }.into_any()
        }
        (Some(email), None) => view! { <span dir="auto">{email.clone()}</span> }.into_any(),
        (None, _) => view! { <span class="table-none">"Not known yet"</span> }.into_any(),
    }
}

fn amount(order: &OrderRow) -> AnyView {
    let price = match order.price {
        Some(price) => format!("{price}{}", order.period),
        None => "Not known".to_owned(),
    };
    let credit = order.credit_used.map(|credit| {
        view! { <span class="table-reason">{format!("{credit} of it from credit")}</span> }
    });
    let foreign = order.foreign.clone().map(|paid| {
        view! { <span class="table-reason">{format!("Paid in another currency: {paid}")}</span> }
    });
    let differs = order.differs.clone().map(|differs| {
        view! { <strong class="table-reason">{differs}</strong> }
    });
    view! { <span class="money">{price}</span>{credit}{foreign}{differs} }.into_any()
}

fn referral(referral: Option<OrderReferral>) -> AnyView {
    match referral {
        Some(referral) => {
            let status = referral.status;
            view! {
                <a href=referral.path dir="auto">{referral.referrer}</a>
                " "
                <span class=format!("badge badge-{}", status.code())>{status.label()}</span>
            }
            .into_any()
        }
        None => view! { <span class="table-none">"No referral"</span> }.into_any(),
    }
}
