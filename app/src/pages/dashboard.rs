//! The member's dashboard: tiles, memberships, purchases, and at the bottom the "Refer a Friend" card.

use domain::{credit::MemberBalance, forms::Refusal};
use leptos::prelude::*;

use super::{member_or_sign_in, memberships};
use crate::{
    components::{Empty, LivePart, PageTitle, Purchases, internal_error},
    islands::{DashboardTiles, ReferralCard, Toasts},
    ports::{Ports, Viewer},
    types::{
        Dashboard, ListedPurchase, Member, MembershipTile, REFERRER_PATH, ReferralCard as Card,
        ReferrerNaming, Tiles,
    },
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
        let dashboard = ports.referrals.dashboard().await;
        let naming = ports.referrals.referrer_naming().await;
        let ticket = ports.purchases.next_ticket().await;
        match (purchases, subscribed, dashboard, naming, ticket) {
            (Ok(purchases), Ok(subscribed), Ok(dashboard), Ok(naming), Ok(event)) => {
                let may_name = matches!(naming, Some(ReferrerNaming::Through(_)));
                let tiles = dashboard.as_ref().map(|Dashboard { balance, card }| Tiles {
                    available: balance.now.brief(),
                    credit_note: balance.note(),
                    membership: MembershipTile::of(&subscribed),
                    event,
                    friends: card.as_ref().map(|card| card.totals.clone()),
                });
                let panel = memberships::panel(subscribed, "/dashboard", &about_membership);
                let memberships = panel.map(IntoAny::into_any);
                // The card says how much there is, and what it pays for.
                let last = dashboard.map(|Dashboard { balance, card }| match card {
                    Some(card) => refer(card, balance, refusal),
                    None => credit(&balance),
                });
                page((member, may_name), tiles, (memberships, purchases), last)
            }
            _ => internal_error(&ports),
        }
    });
    Some(view! { <Toasts done /> <Suspense>{page}</Suspense> })
}

fn page(
    (member, may_name_referrer): (Member, bool),
    tiles: Option<Tiles>,
    (memberships, purchases): (Option<AnyView>, Vec<ListedPurchase>),
    last: Option<AnyView>,
) -> AnyView {
    let referrer = may_name_referrer.then(|| {
        view! { <p><a href=REFERRER_PATH>"Did a friend refer you? Tell us who"</a></p> }
    });
    let tiles = tiles.map(|tiles| view! { <DashboardTiles tiles /> });
    view! {
        <PageTitle title="Dashboard" />
        <div class="page page-dashboard">
            <div>
                <h1 class="page-title" dir="auto">{format!("Hello, {}", member.first_name)}</h1>
                <p class="dashboard-account">
                    {member.email}" "<a href="/account">"Your account"</a>
                </p>
                {referrer}
            </div>
            {tiles}
            {memberships}
            <Purchases purchases link=|purchase| format!("/purchases/{}", purchase.id)>
                <Empty title="No purchases yet">
                    <p>"Tickets, courses, memberships and shop items that you buy are listed here."</p>
                    <a class="button" href="/">"Browse the catalog"</a>
                </Empty>
            </Purchases>
            {last}
        </div>
    }
    .into_any()
}

/// The "Refer a Friend" card.
fn refer(card: Card, balance: MemberBalance, refusal: Refusal) -> AnyView {
    view! {
        <section class="panel referral-card" id="refer" aria-labelledby="refer-title">
            <h2 class="panel-title" id="refer-title">"Refer a Friend"</h2>
            <ReferralCard card balance refusal />
        </section>
    }
    .into_any()
}

/// What the member has and what it pays for, while there is no card that says so.
fn credit(balance: &MemberBalance) -> AnyView {
    let sentence = balance.sentence();
    view! {
        <section class="panel" aria-labelledby="credit-title">
            <h2 class="panel-title" id="credit-title">"Your credit"</h2>
            <LivePart><p>{sentence}</p></LivePart>
            <p><a href="/credits">"Credit history"</a></p>
        </section>
    }
    .into_any()
}
