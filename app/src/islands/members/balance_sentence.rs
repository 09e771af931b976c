//! What the member has and what it pays for, in a sentence, while there is no card that says it.

use domain::credit::MemberBalance;
use leptos::prelude::*;

use super::on_dashboard::on_dashboard;
use crate::islands::live_text::LiveText;

/// The sentence, which follows what happens.
#[island]
pub fn BalanceSentence(
    /// The balance when the page was rendered.
    balance: MemberBalance,
) -> impl IntoView {
    let balance = RwSignal::new(balance);
    on_dashboard(move |read| {
        if let Some(dashboard) = read {
            balance.set(dashboard.balance.clone());
        }
    });
    view! { <p>{move || LiveText(balance.with(MemberBalance::sentence))}</p> }
}
