//! The member's dashboard: profile, purchases, and at the bottom the "Refer a Friend" card.

use domain::{credit::MemberBalance, forms::Refusal};
use leptos::prelude::*;

use super::{member_or_sign_in, memberships};
use crate::{
    components::{Empty, PageTitle, Purchases, internal_error},
    islands::{ReferralCard, Toasts},
    ports::{Ports, Viewer},
    types::{ListedPurchase, Member, ReferralCard as Card},
};

/// Everything that belongs to the signed-in member.
#[component]
pub fn DashboardPage() -> impl IntoView {
    let viewer = Viewer::current();
    let ports = Ports::current();
    let member = member_or_sign_in(&viewer, &ports)?;
    let refusal = viewer.refusal("get_referral_link");
    let about_membership = viewer.refusal("manage_membership");
    let done = viewer.done;
    let page = Suspend::new(async move {
        let purchases = ports.purchases.mine().await;
        let subscribed = ports.memberships.mine().await;
        let card = ports.referrals.card().await;
        // The card has the balance already.
        let balance = match &card {
            Ok(Some(card)) => Ok(Some(card.balance.clone())),
            _ => ports.credits.balance().await,
        };
        match (purchases, subscribed, card, balance) {
            (Ok(purchases), Ok(subscribed), Ok(card), Ok(balance)) => {
                let profile = profile(member.clone());
                let panel = memberships::panel(subscribed, "/dashboard", &about_membership);
                let memberships = panel.map(IntoAny::into_any);
                let credit = balance.map(|balance| credit(&balance, card.is_some()));
                let bought = (memberships, purchases);
                let card = card.map(|card| refer(card, refusal));
                page(member, profile, bought, (credit, card))
            }
            _ => internal_error(&ports),
        }
    });
    Some(view! { <Toasts done /> <Suspense>{page}</Suspense> })
}

fn page(
    member: Member,
    profile: impl IntoView + 'static,
    (memberships, purchases): (Option<AnyView>, Vec<ListedPurchase>),
    (credit, card): (Option<AnyView>, Option<AnyView>),
) -> AnyView {
    view! {
        <PageTitle title="Dashboard" />
        <div class="page page-dashboard">
            <h1 class="page-title" dir="auto">{format!("Hello, {}", member.first_name)}</h1>
            {profile}
            {memberships}
            <Purchases purchases link=|purchase| format!("/purchases/{}", purchase.id)>
                <Empty title="No purchases yet">
                    <p>"Tickets, courses, memberships and shop items that you buy are listed here."</p>
                    <a class="button" href="/">"Browse the catalog"</a>
                </Empty>
            </Purchases>
            {credit}
            {card}
        </div>
    }
    .into_any()
}

/// The "Refer a Friend" card.
fn refer(card: Card, refusal: Refusal) -> AnyView {
    view! {
        <section class="panel referral-card" id="refer" aria-labelledby="refer-title">
            <h2 class="panel-title" id="refer-title">"Refer a Friend"</h2>
            <ReferralCard card refusal />
        </section>
    }
    .into_any()
}

/// What the member has. While the program is off there is no card that says what it pays for.
fn credit(balance: &MemberBalance, has_card: bool) -> AnyView {
    let available = balance.now.available().map(|available| {
        view! {
            <p class="credit-available">
                <strong class="money">{available.to_string()}</strong>
                " available"
            </p>
        }
    });
    let words = (!has_card).then(|| view! { <p>{balance.sentence()}</p> });
    view! {
        <section class="panel" aria-labelledby="credit-title">
            <h2 class="panel-title" id="credit-title">"Your credit"</h2>
            {available}
            {words}
            <p><a href="/credits">"Every change of your credit"</a></p>
        </section>
    }
    .into_any()
}

fn profile(member: Member) -> impl IntoView {
    let facts = [
        (
            "Name",
            format!("{} {}", member.first_name, member.last_name),
        ),
        ("Email", member.email),
        ("Date of birth", member.date_of_birth),
        ("Member since", member.joined_on),
    ]
    .map(|(name, value)| view! { <div><dt>{name}</dt><dd>{value}</dd></div> });
    view! {
        <section class="panel" aria-labelledby="profile-title">
            <h2 class="panel-title" id="profile-title">"Profile"</h2>
            <dl class="facts facts-wide">{facts}</dl>
            <p><a href="/account">"Your account: password, email address, phones"</a></p>
        </section>
    }
}
