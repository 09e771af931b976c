//! The tiles at the top of the dashboard. What they say of credit and friends follows what happens while the page is
//! open.

use leptos::prelude::*;

use super::on_dashboard::on_dashboard;
use crate::{
    islands::{
        any_view::IntoAnyView,
        icon::{Icon, icon},
        live_text::LiveText,
    },
    types::{FriendTotals, Tiles},
};

/// Credit, membership, the next event and friends, each a link to where it leads.
#[island]
pub fn DashboardTiles(
    /// The tiles when the page was rendered.
    tiles: Tiles,
) -> impl IntoView {
    let Tiles {
        available,
        credit_note,
        membership,
        event,
        friends,
    } = tiles;
    let credit = RwSignal::new((available, credit_note));
    let friends = RwSignal::new(friends);
    on_dashboard(move |read| {
        let Some(dashboard) = read else {
            return;
        };
        credit.set((dashboard.balance.now.brief(), dashboard.balance.note()));
        if let Some(card) = &dashboard.card {
            friends.set(Some(card.totals.clone()));
        }
    });
    let of_friends = move || friends.with(|friends| words(friends.as_ref()));
    let to_friends = match friends.with_untracked(Option::is_some) {
        true => "#refer",
        false => "/referrals",
    };
    let member = (membership.value, membership.note);
    let event = event.map(|event| {
        let words = (event.name, event.time);
        tile(Icon::Ticket, "Next event", event.path, move || {
            words.clone()
        })
    });
    view! {
        <ul class="tiles" aria-label="At a glance">
            {tile(Icon::Wallet, "Available credit", "/credits".to_owned(), move || credit.get())}
            {tile(Icon::IdCard, "Membership", membership.path, move || member.clone())}
            {event}
            {tile(Icon::Users, "Friends", to_friends.to_owned(), of_friends)}
        </ul>
    }
}

/// The value and the note of the tile about friends.
fn words(totals: Option<&FriendTotals>) -> (String, String) {
    let Some(totals) = totals else {
        return (
            "See all".to_owned(),
            "Who joined through your link".to_owned(),
        );
    };
    match (totals.joined, totals.earned()) {
        (0, _) => ("None yet".to_owned(), "Refer a Friend".to_owned()),
        (joined, None) => (format!("{joined} joined"), "Nothing earned yet".to_owned()),
        (joined, Some(earned)) => (format!("{joined} joined"), format!("{earned} earned")),
    }
}

fn tile(
    sign: Icon,
    label: &'static str,
    path: String,
    words: impl Fn() -> (String, String) + Send + Sync + 'static,
) -> AnyView {
    let words = Memo::new(move |_| words());
    view! {
        <li>
            <a class="tile" href=path>
                <span class="tile-label">{icon(sign)}{label}</span>
                <strong class="tile-value">{move || LiveText(words.with(|words| words.0.clone()))}</strong>
                <span class="tile-note">{move || LiveText(words.with(|words| words.1.clone()))}</span>
            </a>
        </li>
    }
    .into_any_view()
}
