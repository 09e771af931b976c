//! The cards above a table of referrals.

use leptos::prelude::*;

use crate::types::admin::{Cards, ReferralsPage};

/// What a card shows.
type Shown = fn(&Cards) -> String;

/// Total, Pending, Credited, Total Credits ($).
#[component]
pub fn Stats(page: RwSignal<ReferralsPage>) -> impl IntoView {
    let cards: [(&'static str, Shown); 4] = [
        ("Total", |cards| grouped(cards.total)),
        ("Pending", |cards| grouped(cards.pending)),
        ("Credited", |cards| grouped(cards.credited)),
        ("Total Credits ($)", |cards| cards.total_credits.clone()),
    ];
    let cards = cards.map(|(name, value)| {
        view! {
            <div class="stat">
                <dt>{name}</dt>
                <dd>{move || page.with(|page| value(&page.cards))}</dd>
            </div>
        }
    });
    view! {
        <section aria-label="Totals">
            <dl class="stats">{cards}</dl>
        </section>
    }
}

/// A count with its thousands set apart: `1,234,567`.
pub fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn thousands_are_set_apart() {
        for (count, text) in [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (12_345, "12,345"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(grouped(count), text);
        }
    }
}
