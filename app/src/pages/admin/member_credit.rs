//! Admin > Members: a member's credit with every change, and debits that the site has no record of.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    components::{AdminPage, internal_error, refusal_notice, stripe_id},
    pages::{credits, not_found},
    ports::{Ports, Viewer},
    server_fns::admin::ReturnLostCredit,
    types::admin::{LostDebitLine, MemberCredit},
};

#[component]
pub fn MemberCreditPage() -> impl IntoView {
    let ports = Ports::current();
    let refusal = Viewer::current().refusal("return_lost_credit");
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        match ports.admin_members.credit(id).await {
            Ok(Some(credit)) => page(credit, &refusal),
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn page(credit: MemberCredit, refusal: &Refusal) -> AnyView {
    let lost = lost(&credit, refusal);
    let statement = credit.statement;
    let facts = credits::facts(&statement, "Owes");
    let here = statement.reserved.total().currency();
    let others = statement.other_currencies.iter().map(|credit| {
        let here = here.code().to_uppercase();
        let words = format!(
            "Also at Stripe: {credit}. This site sells in {here}, so it buys nothing here."
        );
        view! { <p class="customer-words">{words}</p> }
    });
    let others = others.collect_view();
    let changes = match statement.lines.is_empty() {
        true => {
            view! { <p class="customer-words">"No credit was earned or used yet."</p> }.into_any()
        }
        false => credits::changes(statement.lines),
    };
    let member = format!("/admin/members/{}", credit.id);
    let customer = credit.customer.map(|customer| {
        let id = stripe_id(
            "Stripe customer",
            &customer.id,
            customer.dashboard.as_deref(),
        );
        view! { <dl class="facts"><div><dt>"Stripe customer"</dt><dd>{id}</dd></div></dl> }
    });
    view! {
        <AdminPage title=format!("Credit of {}", credit.name)>
            <nav class="crumbs" aria-label="You are here">
                <a href=member dir="auto">{credit.name}</a>
            </nav>
            {lost}
            <section class="panel" aria-labelledby="statement-title">
                <h2 class="panel-title" id="statement-title">"Statement"</h2>
                {facts}
                {customer}
                {others}
                {changes}
            </section>
        </AdminPage>
    }
    .into_any()
}

/// The debits to return; nothing if there are none and nothing was refused.
fn lost(credit: &MemberCredit, refusal: &Refusal) -> impl IntoView + use<> {
    if credit.lost.is_empty() && *refusal == Refusal::default() {
        return ().into_any();
    }
    let lines: Vec<_> = credit
        .lost
        .iter()
        .map(|line| form(credit.id, line))
        .collect();
    view! {
        <section class="panel" aria-labelledby="lost-title">
            <h2 class="panel-title" id="lost-title">"Credit taken without a record"</h2>
            {refusal_notice(refusal)}
            <p class="customer-words">
                "This credit was taken for a purchase that this site has no record of, as after a backup \
                 was restored. Look at Stripe whether the member paid the rest and has what they bought. \
                 If not, return the credit. A page of Stripe's on which they could still pay the rest is \
                 closed first."
            </p>
            <ul class="customer-list">{lines}</ul>
        </section>
    }
    .into_any()
}

fn form(member_id: i64, line: &LostDebitLine) -> impl IntoView + use<> {
    let amount = line.amount.to_string();
    view! {
        <li class="customer-credit">
            <span><strong class="money">{amount.clone()}</strong>" taken on "{line.on.clone()}</span>
            <form method="post" action=ReturnLostCredit::PATH>
                <input type="hidden" name="member_id" value=member_id.to_string() />
                <input type="hidden" name="key" value=line.key.clone() />
                <button type="submit" class="button button-small">{format!("Return {amount}")}</button>
            </form>
        </li>
    }
}
