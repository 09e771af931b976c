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
    let available = statement
        .available
        .map(|available| match available.cents() {
            0.. => amount("Available", available),
            owed => {
                let owed = Money::new(owed.saturating_neg(), available.currency());
                amount("You owe", owed)
            }
        });
    let owes = statement
        .available
        .is_some_and(|available| available.cents() < 0);
    let owed = owes.then(|| {
        view! { <p class="field-hint">"What you owe is added to your next membership payment."</p> }
    });
    let reserved = statement.reserved;
    let is_reserved = reserved.is_positive();
    let why = is_reserved.then(|| {
        view! {
            <p class="field-hint">
                "Reserved credit is set aside for a purchase that you have not paid yet. If you do \
                 not pay, it comes back. Open the purchase below to pay or to cancel."
            </p>
        }
    });
    let others = statement.other_currencies.into_iter().map(|credit| {
        let here = reserved.currency().code().to_uppercase();
        view! {
            <p class="field-hint">
                {format!(
                    "You also have a credit of {credit}. This site sells in {here}, so you cannot \
                     use it here.",
                )}
            </p>
        }
    });
    let others = others.collect_view();
    let gap = statement.gap.map(|gap| {
        view! { <p class="notice" role="status">{gap.sentence()}</p> }
    });
    view! {
        {gap}
        <dl class="facts statement-facts">
            {available}
            {is_reserved.then(|| amount("Reserved", reserved))}
        </dl>
        {owed}
        {why}
        {others}
        {match statement.lines.is_empty() {
            true => none(can_refer).into_any(),
            false => changes(statement.lines),
        }}
    }
    .into_any()
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
    let refer = can_refer
        .then(|| view! { <a class="button" href="/dashboard#refer">"Refer a Friend"</a> });
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
