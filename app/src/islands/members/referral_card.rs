//! The "Refer a Friend" card.

use domain::credit::MemberBalance;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    friend_row::friend_row,
    on_dashboard::{on_dashboard, read_dashboard},
    share_row::ShareRow,
};
use crate::{
    islands::{
        any_view::IntoAnyView,
        copy_field::CopyField,
        form::{FormErrors, FormState, SubmitButton, leave_for},
        live_text::LiveText,
    },
    server_fns::GetReferralLink,
    types::{FRIENDS_PAGE, FriendTotals, ReferralCard as Card},
};

/// What a friend earns, the member's link, the newest friends and the credit balance.
#[island]
pub fn ReferralCard(
    /// The card when the page was rendered.
    card: Card,
    /// The balance when the page was rendered.
    balance: MemberBalance,
    /// A refusal from a form that was sent without JavaScript.
    refusal: domain::forms::Refusal,
) -> impl IntoView {
    let (card, balance) = (RwSignal::new(card), RwSignal::new(balance));
    let state = FormState::new(refusal);
    let just_created = StoredValue::new(false);
    on_dashboard(move |read| {
        if let Some(dashboard) = read {
            balance.set(dashboard.balance.clone());
            if let Some(fresh) = &dashboard.card {
                card.set(fresh.clone());
            }
        }
        state.busy.set(false);
    });
    let get_link = move |event| {
        let done = move |path: &str| {
            just_created.set_value(true);
            if path.starts_with("/dashboard") {
                read_dashboard();
            } else {
                leave_for(path);
            }
        };
        state.submit_with(event, done);
    };
    let reward = move || card.with(|card| card.reward.to_string());
    let share = Memo::new(move |_| card.with(|card| card.share.clone()));
    let friends = Memo::new(move |_| card.with(|card| card.friends.clone()));
    let totals = Memo::new(move |_| card.with(|card| card.totals.clone()));
    view! {
        <p class="referral-card-amount">
            <strong class="money">{move || LiveText(reward())}</strong>
            <span>" for a friend's first purchase"</span>
        </p>
        <p class="referral-card-reward">{move || LiveText(card.with(|card| card.offer.clone()))}</p>
        <ol class="referral-card-steps" aria-label="How it works">
            <li>"Share your link"</li>
            <li>"A friend joins and buys"</li>
            <li>{move || LiveText(format!("You get {}", reward()))}</li>
        </ol>
        {move || match share.get() {
            Some(links) => view! {
                <CopyField
                    id="referral-link"
                    label="Your referral link"
                    value=links.link.clone()
                    button="Copy Link"
                    primary=true
                    take_focus=just_created.get_value()
                />
                <ShareRow links />
            }.into_any_view(),
            None => view! {
                <form method="post" action=GetReferralLink::PATH on:submit=get_link>
                    <FormErrors state />
                    <SubmitButton
                        state
                        label="Get My Referral Link".to_owned()
                        busy_label="Getting your link…"
                    />
                </form>
            }.into_any_view(),
        }}
        <p class="referral-card-balance">
            <span>{move || LiveText(balance.with(MemberBalance::sentence))}</span>
            {move || balance.with(|balance| balance.reserved.is_positive()).then(to_credit)}
        </p>
        <h3 id="your-referrals">"Your referrals"</h3>
        {move || match friends.with(Vec::is_empty) {
            true => view! {
                <p class="referral-card-none">
                    "Nobody has registered with your link yet. Friends who do appear here."
                </p>
            }.into_any_view(),
            false => view! {
                <ul class="friends" aria-labelledby="your-referrals">
                    {friends.with(|friends| {
                        friends.iter().map(|friend| friend_row(friend, false)).collect_view()
                    })}
                </ul>
            }.into_any_view(),
        }}
        {move || totals.with(|totals| (totals.joined > 0).then(|| all_friends(totals)))}
    }
}

/// The link to where it says which purchase holds the credit.
fn to_credit() -> impl IntoView {
    view! { " "<a href="/credits">"See your credit"</a> }
}

/// The link to the list of all of them.
fn all_friends(totals: &FriendTotals) -> impl IntoView + use<> {
    let earned = totals.earned().map(|earned| {
        view! { <span>{LiveText(format!(" · {earned} earned"))}</span> }
    });
    view! {
        <p class="referral-card-all">
            <a href=FRIENDS_PAGE>{LiveText(format!("All your friends ({})", totals.joined))}</a>
            {earned}
        </p>
    }
}
