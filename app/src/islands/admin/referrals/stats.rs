//! The cards above a table of referrals.

use domain::referral::{ReferralFilter, ReferralStatus};
use leptos::prelude::*;

use super::{reducer::TABLE, table::Table};
use crate::{
    islands::{admin::thousands::grouped, any_view::IntoAnyView, live_text::LiveText},
    types::admin::Cards,
};

/// Reads the number of one card.
type Value = fn(&Cards) -> String;

/// The place of the card *Failed*.
const FAILED: usize = 3;

/// Total, Pending, Credited, Failed, Total Credits ($). A card of referrals shows those in the table.
#[component]
pub fn Stats(table: Table) -> impl IntoView {
    let cards: [(AnyView, Value); 5] = [
        (to(table, "Total", None), |cards| grouped(cards.total)),
        of(table, ReferralStatus::Pending, |cards| {
            grouped(cards.pending)
        }),
        of(table, ReferralStatus::Credited, |cards| {
            grouped(cards.credited)
        }),
        of(table, ReferralStatus::Failed, |cards| grouped(cards.failed)),
        ("Total Credits ($)".into_any_view(), |cards| {
            cards.total_credits.clone()
        }),
    ];
    let failed = move |card| card == FAILED && table.page(|page| page.cards.failed > 0);
    let cards: Vec<_> = cards
        .into_iter()
        .enumerate()
        .map(|(card, (name, value))| {
            view! {
                <div class="stat" class:stat-bad=move || failed(card)>
                    <dt>{name}</dt>
                    <dd>{move || LiveText(table.page(|page| value(&page.cards)))}</dd>
                </div>
            }
        })
        .collect();
    view! {
        <section aria-label="Totals">
            <dl class="stats">{cards}</dl>
        </section>
    }
}

fn of(table: Table, status: ReferralStatus, value: Value) -> (AnyView, Value) {
    (to(table, status.label(), Some(status)), value)
}

/// The name of a card, as a link to the referrals that it counts.
fn to(table: Table, name: &'static str, status: Option<ReferralStatus>) -> AnyView {
    let filter = move |page: &ReferralFilter| ReferralFilter {
        status,
        ..page.clone().from_start()
    };
    view! {
        <a
            href=move || table.page(|page| filter(&page.filter).path())
            aria-current=move || table.page(|page| (page.filter.status == status).then_some("true"))
            on:click=move |event| {
                let to = table.page_now(|page| filter(&page.filter));
                table.follow(&event, &to, TABLE);
            }
        >
            {name}
        </a>
    }
    .into_any_view()
}
