//! Admin > Members: one member, with their purchases and referrals.

use domain::{account::Permission, credit::Program, forms::Refusal, purchase::PurchaseState};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::{
    attach::attach,
    billing::billing,
    door::door,
    elsewhere::elsewhere,
    sale::{sale, undo},
    why_link::TITLE as WHY,
};
use crate::{
    components::{Actions, AdminPage, Empty, Purchases, internal_error, stripe_id},
    pages::{not_found, query},
    ports::{Ports, Viewer},
    server_fns::admin::{MoveMemberCredit, grant_path},
    types::{
        ReferralLine,
        admin::{MemberPage as Page, MemberPlaces, referral_path, why_path},
    },
};

#[component]
pub fn MemberPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    let (not_recorded, not_undone) = (viewer.refusal("record_sale"), viewer.refusal("undo_sale"));
    let not_saved = viewer.refusal("set_billing_email");
    let not_moved = viewer.refusal("move_member_credit");
    let not_attached = viewer.refusal("attach_referrer");
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let place = |list: &str| query(list).and_then(|id| id.parse().ok());
    let places = MemberPlaces {
        purchases: place("purchases"),
        referrals: place("referrals"),
    };
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        match ports.admin_members.one(id, places).await {
            Ok(Some(page)) => {
                let stays = !page.leaving;
                let may = |permission| viewer.rights.may(Program::Tenant, permission);
                let manages = stays && may(Permission::ManageMembers);
                let attach = page.may_attach.then(|| attach(&page, &not_attached));
                let manages = manages && !page.member.admin;
                let door = manages.then(|| door(&page, &viewer));
                let erase = manages.then(|| erase(page.member.id));
                let manages_credits = may(Permission::ManageCredits);
                let sells = may(Permission::Sell);
                let sells_here = stays && sells;
                let billing = sells_here.then(|| billing(&page, &not_saved));
                let undo = sells.then(|| undo_sale(page.member.id, not_undone));
                let whose = ("member_id", page.member.id);
                let action = MoveMemberCredit::PATH;
                let more_purchases = older(
                    (id, "purchases"),
                    places.purchases.is_some(),
                    page.older_purchases,
                );
                let more_referrals = older(
                    (id, "referrals"),
                    places.referrals.is_some(),
                    page.older_referrals,
                );
                let elsewhere = elsewhere(&page.elsewhere, action, whose, &not_moved);
                view! {
                <AdminPage title=page.member.name.clone()>
                    <nav class="crumbs" aria-label="You are here">
                        <a href="/admin/members">"Members"</a>
                    </nav>
                    {profile(&page, manages_credits)}
                    {elsewhere}
                    {attach}
                    <Purchases
                        purchases=page.purchases
                        link=|purchase| purchase.product_path.clone()
                        actions=undo.unwrap_or_else(|| Box::new(|_| None))
                    >
                        <Empty title="No purchases yet">
                            <p>"Their purchases, here and at the counter, are listed here."</p>
                        </Empty>
                    </Purchases>
                    {more_purchases}
                    {sells_here.then(|| sale(page.member.id, page.products, page.credit, &page.sale_token, &not_recorded))}
                    {billing}
                    {door}
                    {referrals(page.referrals)}
                    {more_referrals}
                    {erase}
                </AdminPage>
            }
            .into_any()
            }
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

/// The ways to the newest and the older ones of a list; nothing if it is on one page. `list` is its name in the
/// address, and the beginning of the id of its title.
fn older((id, list): (i64, &'static str), later: bool, before: Option<i64>) -> Option<AnyView> {
    if !later && before.is_none() {
        return None;
    }
    let to = |query: String| format!("/admin/members/{id}{query}#{list}-title");
    let newest = later.then(|| {
        view! { <a class="button button-small" href=to(String::new())>{format!("Newest {list}")}</a> }
    });
    let older = before.map(|before| {
        let to = to(format!("?{list}={before}"));
        view! { <a class="button button-small" rel="next" href=to>{format!("Older {list}")}</a> }
    });
    let label = format!("Pages of {list}");
    Some(view! { <nav class="pages" aria-label=label>{newest}{older}</nav> }.into_any())
}

/// The way to the page that erases the member.
fn erase(id: i64) -> impl IntoView {
    view! {
        <p><a href=format!("/admin/members/{id}/erase")>"Erase this member"</a></p>
    }
}

/// A sale in person can be undone.
fn undo_sale(member_id: i64, refusal: Refusal) -> Actions {
    Box::new(move |purchase| {
        let can = purchase.in_person && purchase.state == PurchaseState::Paid;
        can.then(|| undo(member_id, purchase, &refusal))
    })
}

/// The path of a referral's own page.
fn story(id: i64) -> String {
    referral_path(Program::Tenant, id)
}

fn profile(page: &Page, manages_credits: bool) -> impl IntoView + use<> {
    let member = &page.member;
    let admin = member
        .admin
        .then(|| view! { <span class="badge badge-admin">"Admin"</span> });
    let referred_by = match &page.referred_by {
        Some((name, id)) => view! { <a href=story(*id) dir="auto">{name.clone()}</a> }.into_any(),
        None => "Nobody".into_any(),
    };
    let said = page.referred_by_words.clone().map(|words| {
        view! { <div><dt>"Said who referred them"</dt><dd dir="auto">{words}</dd></div> }
    });
    let statement = format!("/admin/members/{}/credits", member.id);
    let why = why_path(member.id);
    let grant = manages_credits.then(|| {
        let path = grant_path(Program::Tenant, member.id);
        view! { " · " <a href=path>"Give or take"</a> }
    });
    let code = match &page.referral_code {
        Some(code) => view! { <code translate="no">{code.clone()}</code> }.into_any(),
        None => "None yet".into_any(),
    };
    let earned = page.earned.iter().map(ToString::to_string);
    let earned = match page.earned.is_empty() {
        true => "Nothing yet".to_owned(),
        false => earned.collect::<Vec<_>>().join(", "),
    };
    let joined = match page.joined {
        1 => "1 friend".to_owned(),
        many => format!("{many} friends"),
    };
    let customer = page.customer.as_ref().map(|customer| {
        let id = stripe_id(
            "Stripe customer",
            &customer.id,
            customer.dashboard.as_deref(),
        );
        view! { <div><dt>"Stripe customer"</dt><dd>{id}</dd></div> }
    });
    let leaving = page.leaving.then(|| {
        view! { <div><dt>"Account"</dt><dd>"Deleted, or being deleted"</dd></div> }
    });
    view! {
        <section class="panel" aria-labelledby="profile-title">
            <h2 class="panel-title" id="profile-title">"Profile"</h2>
            <dl class="facts facts-wide">
                <div><dt>"Name"</dt><dd><span dir="auto">{member.name.clone()}</span>" "{admin}</dd></div>
                <div><dt>"Email"</dt><dd>{member.email.clone()}</dd></div>
                <div><dt>"Date of birth"</dt><dd>{page.date_of_birth.clone()}</dd></div>
                <div><dt>"Member since"</dt><dd>{member.joined_on.clone()}</dd></div>
                <div>
                    <dt>"Credit"</dt>
                    <dd>
                        <span class="money">{page.balance.clone()}</span>
                        " · "<a href=statement>"Statement"</a>{grant}
                    </dd>
                </div>
                <div>
                    <dt>"Earned by referring"</dt>
                    <dd><span class="money">{earned}</span>" · "{joined}</dd>
                </div>
                {customer}
                <div><dt>"Referral code"</dt><dd>{code}</dd></div>
                <div><dt>"Referred by"</dt><dd>{referred_by}" · "<a href=why>{WHY}</a></dd></div>
                {said}
                {leaving}
            </dl>
        </section>
    }
}

fn referrals(referrals: Vec<ReferralLine>) -> impl IntoView {
    let content = if referrals.is_empty() {
        view! {
            <Empty title="No referrals yet">
                <p>"Friends who register with their link are listed here."</p>
            </Empty>
        }
        .into_any()
    } else {
        let lines = referrals.into_iter().map(referral).collect_view();
        view! { <ul class="referral-lines">{lines}</ul> }.into_any()
    };
    view! {
        <section class="panel" aria-labelledby="referrals-title">
            <h2 class="panel-title" id="referrals-title">"Referrals"</h2>
            {content}
        </section>
    }
}

/// One referral in a list.
pub fn referral(line: ReferralLine) -> impl IntoView {
    view! {
        <li class="referral-line">
            <a class="referral-line-friend" href=story(line.id) dir="auto">{line.friend}</a>
            <span class="referral-line-joined">{format!("Joined {}", line.joined_on)}</span>
            <span class="referral-line-credit money">{line.credit.map(|credit| credit.to_string())}</span>
            <span class=format!("badge badge-{}", line.status.code())>{line.status.label()}</span>
            <span class="referral-line-beside">{line.reason}</span>
        </li>
    }
}
