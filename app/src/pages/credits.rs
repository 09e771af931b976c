//! The statement of the member's credit: what there is, and every change.

use domain::money::Money;
use leptos::prelude::*;

use super::member_or_sign_in;
use crate::{
    components::{Empty, PageTitle, internal_error},
    ports::{Ports, Viewer},
    types::{CreditStatement, StatementLine},
};

#[component]
pub fn CreditsPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    member_or_sign_in(&viewer, &ports)?;
    let can_refer = viewer.share_path.is_some();
    let statement = Suspend::new(async move {
        match ports.credits.statement().await {
            Ok(Some(statement)) => page(statement, can_refer),
            Ok(None) => ().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title="Your credit" />
        <div class="page page-narrow">
            <nav class="crumbs" aria-label="You are here">
                <a href="/dashboard">"Dashboard"</a>
            </nav>
            <h1 class="page-title">"Your credit"</h1>
            <Suspense>{statement}</Suspense>
        </div>
    })
}

fn page(statement: CreditStatement, can_refer: bool) -> AnyView {
    let facts = facts(&statement, "You owe");
    let reserved = statement.reserved;
    let here = reserved.total().currency();
    let mut hints = reserved.sentences();
    if reserved.unpaid.is_positive() {
        hints.push("Open the purchase below to pay or to cancel.".to_owned());
    }
    let others = statement.other_currencies.iter();
    hints.extend(others.map(|credit| credit.credit_sentence(here)));
    let hints = hints.into_iter();
    let hints = hints
        .map(|words| view! { <p class="field-hint">{words}</p> })
        .collect_view();
    let changes = match statement.lines.is_empty() {
        true => none(can_refer).into_any(),
        false => changes(statement.lines),
    };
    view! {
        {facts}
        {hints}
        {changes}
    }
    .into_any()
}

/// What there is, what is owed and what is reserved. `owes` is the label of a debt.
pub(super) fn facts(statement: &CreditStatement, owes: &'static str) -> AnyView {
    let gap = statement.gap.map(|gap| {
        view! { <p class="notice" role="status">{gap.sentence()}</p> }
    });
    let owed = statement.available.and_then(owed);
    let available = match owed {
        Some(owed) => Some(amount(owes, owed)),
        None => statement
            .available
            .map(|available| amount("Available", available)),
    };
    let adds = owed.map(|_| {
        view! { <p class="field-hint">"What is owed is added to the next membership payment."</p> }
    });
    let reserved = statement.reserved.total();
    view! {
        {gap}
        <dl class="facts statement-facts">
            {available}
            {reserved.is_positive().then(|| amount("Reserved", reserved))}
        </dl>
        {adds}
    }
    .into_any()
}

/// What a balance below zero owes.
pub(super) fn owed(balance: Money) -> Option<Money> {
    balance.opposite().filter(|owed| owed.is_positive())
}

pub(super) fn amount(name: &'static str, money: Money) -> impl IntoView {
    view! { <div><dt>{name}</dt><dd class="money">{money.to_string()}</dd></div> }
}

/// In place of an empty statement: how credit is earned, while the program is on.
fn none(can_refer: bool) -> impl IntoView {
    let words = match can_refer {
        true => "Share your link: when a friend makes a first purchase, you earn credit.",
        false => "Every change to your credit is listed here.",
    };
    let refer =
        can_refer.then(|| view! { <a class="button" href="/dashboard#refer">"Refer a Friend"</a> });
    view! {
        <Empty title="No credit yet">
            <p>{words}</p>
            {refer}
        </Empty>
    }
}

pub(super) fn changes(lines: Vec<StatementLine>) -> AnyView {
    view! {
        <table class="statement">
            <caption class="visually-hidden">"Credit history, newest first"</caption>
            <thead>
                <tr>
                    <th scope="col">"Date"</th>
                    <th scope="col">"Change"</th>
                    <th scope="col" class="statement-money">"Amount"</th>
                    <th scope="col" class="statement-money">"Remaining"</th>
                </tr>
            </thead>
            <tbody>{lines.into_iter().map(line).collect_view()}</tbody>
        </table>
    }
    .into_any()
}

fn line(line: StatementLine) -> impl IntoView {
    let sign = if line.amount.is_positive() { "+" } else { "" };
    let left = line.left.map(|left| left.to_string());
    let words = match line.path {
        Some(path) => view! { <a href=path>{line.words}</a> }.into_any(),
        None => line.words.into_any(),
    };
    view! {
        <tr>
            <td class="statement-date"><time datetime=line.at>{line.on}</time></td>
            <td dir="auto">{words}</td>
            <td class="statement-money money">{format!("{sign}{}", line.amount)}</td>
            <td class="statement-money statement-left money">{left}</td>
        </tr>
    }
}
