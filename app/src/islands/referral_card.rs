//! The "Refer a Friend" card.

use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{
    any_view::IntoAnyView,
    call::ask,
    copy_field::CopyField,
    events::on_change,
    form::{FormErrors, FormState, SubmitButton, leave_for},
    share_row::ShareRow,
};
use crate::{
    server_fns::{GetReferralCard, GetReferralLink},
    types::{ReferralCard as Card, ReferralLine},
};

/// The member's link, referrals and credit balance.
#[island]
pub fn ReferralCard(
    /// The card when the page was rendered.
    card: Card,
    /// A refusal from a form that was sent without JavaScript.
    refusal: domain::forms::Refusal,
) -> impl IntoView {
    let card = RwSignal::new(card);
    let state = FormState::new(refusal);
    let just_created = StoredValue::new(false);
    let reload = move || {
        spawn_local(async move {
            if let Ok(Some(fresh)) = ask::<GetReferralCard>(&[]).await {
                card.set(fresh);
            }
            state.busy.set(false);
        });
    };
    on_change(reload);
    let get_link = move |event| {
        let done = move |path: &str| {
            just_created.set_value(true);
            if path.starts_with("/dashboard") {
                reload()
            } else {
                leave_for(path)
            }
        };
        state.submit_with(event, done);
    };
    let share = Memo::new(move |_| card.with(|card| card.share.clone()));
    let referrals = Memo::new(move |_| card.with(|card| card.referrals.clone()));
    view! {
        <p class="referral-card-reward">{move || card.with(|card| card.offer.clone())}</p>
        {move || match share.get() {
            Some(links) => view! {
                <CopyField
                    id="referral-link"
                    label="Your referral link"
                    value=links.link.clone()
                    button="Copy link"
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
        <p class="referral-card-balance">{move || card.with(|card| card.balance.sentence())}</p>
        <h3 id="your-referrals">"Your referrals"</h3>
        {move || referrals.with(|lines| list(lines))}
    }
}

fn list(lines: &[ReferralLine]) -> AnyView {
    if lines.is_empty() {
        return view! {
            <p class="referral-card-none">
                "Nobody has registered with your link yet. Friends who do appear here."
            </p>
        }
        .into_any_view();
    }
    view! {
        <ul class="referral-lines" aria-labelledby="your-referrals">
            {lines.iter().map(line).collect_view()}
        </ul>
    }
    .into_any_view()
}

fn line(line: &ReferralLine) -> impl IntoView + use<> {
    view! {
        <li class="referral-line">
            <span class="referral-line-friend" dir="auto">{line.friend.clone()}</span>
            <span class="referral-line-joined">{format!("Joined {}", line.joined_on)}</span>
            <span class="referral-line-credit money">{line.credit.map(|credit| credit.to_string())}</span>
            <span class=format!("badge badge-{}", line.status.code())>{line.status.label()}</span>
            <span class="referral-line-beside">{line.reason.clone()}</span>
        </li>
    }
}
