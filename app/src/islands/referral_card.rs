//! The "Refer a Friend" card.

use domain::referral::ReferralStatus;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{
    call::ask,
    copy_field::CopyField,
    erased::Erase,
    form::{Complaints, FormState, SubmitButton, leave_for},
    live::on_news,
};
use crate::{
    server_fns::{GetReferralCard, GetReferralLink},
    types::{ReferralCard as Card, ReferralLine},
};

/// The link, what it earned so far, and where that can be spent.
#[island]
pub fn ReferralCard(
    /// The card as the server knew it when the page was made.
    card: Card,
    /// Why there is no link, for those who have no JavaScript.
    refusal: domain::forms::Refusal,
) -> impl IntoView {
    let card = RwSignal::new(card);
    let state = FormState::new(refusal);
    let asked = StoredValue::new(false);
    let reload = move || {
        spawn_local(async move {
            if let Ok(Some(fresh)) = ask::<GetReferralCard>(&[]).await {
                card.set(fresh);
            }
            state.busy.set(false);
        });
    };
    on_news(reload);
    let get_link = move |event| {
        let done = move |path: &str| {
            asked.set_value(true);
            if path.starts_with("/dashboard") {
                reload()
            } else {
                leave_for(path)
            }
        };
        state.send_then(event, done);
    };
    let link = Memo::new(move |_| card.with(|card| card.link.clone()));
    let referrals = Memo::new(move |_| card.with(|card| card.referrals.clone()));
    view! {
        <p class="referral-card-reward">{move || card.with(Card::reward_line)}</p>
        {move || match link.get() {
            Some(link) => view! {
                <CopyField
                    id="referral-link"
                    label="Your referral link"
                    value=link
                    button="Copy link"
                    take_focus=asked.get_value()
                />
            }.erased(),
            None => view! {
                <form method="post" action=GetReferralLink::PATH on:submit=get_link>
                    <Complaints state />
                    <SubmitButton
                        state
                        label="Get My Referral Link".to_owned()
                        busy_label="Getting your link…"
                    />
                </form>
            }.erased(),
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
                "Nobody has registered with your link yet. Send it to a friend, and they appear here."
            </p>
        }
        .erased();
    }
    view! {
        <ul class="referral-lines" aria-labelledby="your-referrals">
            {lines.iter().map(line).collect_view()}
        </ul>
    }
    .erased()
}

fn line(line: &ReferralLine) -> impl IntoView + use<> {
    let beside = match line.status {
        ReferralStatus::Pending => Some("Earns when they make their first purchase".to_owned()),
        ReferralStatus::Credited => None,
        ReferralStatus::Failed => line.reason.clone(),
    };
    view! {
        <li class="referral-line">
            <span class="referral-line-friend" dir="auto">{line.friend.clone()}</span>
            <span class="referral-line-joined">{format!("Joined {}", line.joined_on)}</span>
            <span class="referral-line-credit money">{line.credit.map(|credit| credit.to_string())}</span>
            <span class=format!("badge badge-{}", line.status.code())>{line.status.label()}</span>
            <span class="referral-line-beside">{beside}</span>
        </li>
    }
}
