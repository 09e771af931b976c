//! The cards above a table of referrals.

use leptos::prelude::*;

use super::table::Table;
use crate::{islands::admin::thousands::grouped, types::admin::Cards};

/// Reads the number of one card.
type Value = fn(&Cards) -> String;

/// Total, Pending, Credited, Total Credits ($).
#[component]
pub fn Stats(table: Table) -> impl IntoView {
    let cards: [(&'static str, Value); 4] = [
        ("Total", |cards| grouped(cards.total)),
        ("Pending", |cards| grouped(cards.pending)),
        ("Credited", |cards| grouped(cards.credited)),
        ("Total Credits ($)", |cards| cards.total_credits.clone()),
    ];
    let cards = cards.map(|(name, value)| {
        view! {
            <div class="stat">
                <dt>{name}</dt>
                <dd>{move || table.page(|page| value(&page.cards))}</dd>
            </div>
        }
    });
    view! {
        <section aria-label="Totals">
            <dl class="stats">{cards}</dl>
        </section>
    }
}
