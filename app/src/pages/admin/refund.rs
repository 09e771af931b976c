//! Admin > Orders > one order > Refund: what was paid, what is left to refund, and a plain form.

use domain::{
    credit::Program,
    forms::Refusal,
    refund::{MembershipEnding, PartialRefunds},
};
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use super::{
    amount_field::{amount_field, form_token, reason_field},
    refund_rows::past,
};
use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice, stripe_id},
    pages::{credits, not_found, query},
    ports::{Ports, Viewer},
    server_fns::admin::{RefundOrder, order_path, refund_path},
    types::admin::{RefundLeft, RefundPage as Page},
};

#[component]
pub fn RefundPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let refusal = viewer.refusal("refund_order");
    let tab = query("tab").filter(|tab| !tab.is_empty());
    let program = match tab {
        Some(tab) => Program::parse(&tab),
        None => Some(Program::Tenant),
    };
    let number = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some((program, number)) = program.zip(number) else {
            return not_found(&ports);
        };
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        match ports.admin_money.refunds(program, number).await {
            Ok(Some(page)) => {
                let own = refund_path(program, number);
                let password = asked.then(|| password_panel(&viewer, &own));
                view! {
                    <AdminPage title=format!("Refund order #{number}")>
                        <nav class="crumbs" aria-label="You are here">
                            <a href=order_path(program, number)>"Orders"</a>
                        </nav>
                        {password}
                        {paid(&page)}
                        {panel(&page, &refusal)}
                        {past(page.past)}
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

/// What was bought, and how it was paid.
fn paid(page: &Page) -> impl IntoView + use<> {
    let buyer = page
        .buyer
        .clone()
        .unwrap_or_else(|| "Not known yet".to_owned());
    let card = page.by_card.clone();
    let card = card.unwrap_or_else(|| "Not known".to_owned());
    let credit = page
        .by_credit
        .map(|credit| credits::amount("Paid with credit", credit));
    let left = page.left.as_ref().ok().map(|left| {
        let to_credit = page.by_credit.is_some();
        let to_credit =
            to_credit.then(|| credits::amount("Left to refund to the credit", left.by_credit));
        view! {
            {credits::amount("Left to refund to the card", left.by_card)}
            {to_credit}
        }
    });
    let ids = page.ids.iter().map(|one| {
        let id = stripe_id(&one.name, &one.value, one.dashboard.as_deref());
        view! { <div><dt>{one.name.clone()}</dt><dd>{id}</dd></div> }
    });
    let ids = ids.collect_view();
    view! {
        <section class="panel" aria-labelledby="paid-title">
            <h2 class="panel-title" id="paid-title">"What was paid"</h2>
            <dl class="facts facts-wide">
                <div><dt>"Buyer"</dt><dd dir="auto">{buyer}</dd></div>
                <div><dt>"Bought"</dt><dd dir="auto">{page.product.clone()}</dd></div>
                <div><dt>"Paid by card"</dt><dd class="money">{card}</dd></div>
                {credit}
                {left}
                {ids}
            </dl>
        </section>
    }
}

fn panel(page: &Page, refusal: &Refusal) -> impl IntoView + use<> {
    let content = match &page.left {
        Ok(left) => form(page, left, refusal).into_any(),
        Err(why) => view! { {refusal_notice(refusal)} <p>{why.clone()}</p> }.into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="refund-title">
            <h2 class="panel-title" id="refund-title">"Refund"</h2>
            {content}
        </section>
    }
}

fn form(page: &Page, left: &RefundLeft, refusal: &Refusal) -> impl IntoView + use<> {
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    let hint = format!(
        "Whole cents: {} is {}, which is all that is left. The card is paid back first, then the credit.",
        left.all.cents(),
        left.all,
    );
    let taken_back = match page.partial_refunds {
        PartialRefunds::TakeNothing => {
            "What the purchase earned its referrer is taken back once all of it is refunded."
        }
        PartialRefunds::TakeTheirShare => {
            "Of what the purchase earned its referrer, as large a part is taken back."
        }
    };
    let ending = left.is_membership.then(|| endings(refusal));
    view! {
        <form class="sale" method="post" action=RefundOrder::PATH novalidate>
            {notice}
            <p class="sale-words">
                "What was paid by card goes back to the card, and what was paid with credit to the balance. "
                {taken_back}
            </p>
            <input type="hidden" name="program" value=page.program.code() />
            <input type="hidden" name="number" value=page.number.to_string() />
            <input type="hidden" name="token" value=form_token(&page.form_token, refusal) />
            {amount_field("refund", "Amount (cents)", (Some(left.all), hint), refusal)}
            {reason_field("refund", "For the staff and the audit log.", refusal)}
            {ending}
            <button type="submit" class="button button-danger">"Refund"</button>
        </form>
    }
}

/// How the membership goes on.
fn endings(refusal: &Refusal) -> impl IntoView + use<> {
    let error = refusal.about("ending").map(str::to_owned);
    let invalid = error.is_some();
    let typed = refusal.typed("ending").to_owned();
    let choices = ENDINGS.map(|ending| {
        let chosen = typed == ending.code();
        view! {
            <label class="customer-option">
                <input type="radio" name="ending" value=ending.code() checked=chosen required />
                <span>{label(ending)}</span>
            </label>
        }
    });
    view! {
        <div class="field">
            <fieldset class="customer-options" aria-describedby="refund-ending-error">
                <legend>"The membership"</legend>
                {choices}
            </fieldset>
            <p class="field-error" id="refund-ending-error" role=invalid.then_some("alert")>{error}</p>
        </div>
    }
}

const ENDINGS: [MembershipEnding; 3] = [
    MembershipEnding::Now,
    MembershipEnding::AtPeriodEnd,
    MembershipEnding::Keep,
];

fn label(ending: MembershipEnding) -> &'static str {
    match ending {
        MembershipEnding::Now => "Ends now",
        MembershipEnding::AtPeriodEnd => "Ends when the paid period is over",
        MembershipEnding::Keep => "Goes on, and is paid as before",
    }
}
