//! What the last comparison of the books found, what it means, and what to do.

use domain::credit::Program;
use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    server_fns::admin::SettleDifference,
    types::admin::{DifferenceLine, LastComparison},
};

/// The last comparison, or that there was none.
pub fn last_comparison(program: Program, last: Option<LastComparison>) -> impl IntoView {
    let content = match last {
        None => view! { <p>"Stripe\u{2019}s balances were never compared with these books."</p> }
            .into_any(),
        Some(last) => found(program, last),
    };
    view! {
        <section class="panel" aria-labelledby="compared-title">
            <h2 class="panel-title" id="compared-title">"Compared with Stripe"</h2>
            {content}
        </section>
    }
}

fn found(program: Program, last: LastComparison) -> AnyView {
    let customers = match last.customers {
        1 => "1 customer".to_owned(),
        customers => format!("{customers} customers"),
    };
    let words = match last.differences.is_empty() {
        true => "Nothing differs.",
        false => "What differs:",
    };
    let more = last.has_more.then(|| {
        view! { <p>"There are more. The command line lists all of them: server reconcile."</p> }
    });
    let lines = last.differences.into_iter();
    let lines = lines.map(|one| line(program, one)).collect_view();
    view! {
        <p><time datetime=last.at>{last.on}</time> ": " {customers} ". " {last.outcome}</p>
        <p>{words}</p>
        <ul class="shared-addresses" aria-label="Differences">{lines}</ul>
        {more}
    }
    .into_any()
}

fn line(program: Program, one: DifferenceLine) -> impl IntoView {
    let whose = match one.path {
        Some(path) => view! { <a href=path>{one.customer_id}</a> }.into_any(),
        None => view! { <bdi>{one.customer_id}</bdi> }.into_any(),
    };
    let sums = format!(
        "{}. Stripe has {}, the ledger had {}.",
        one.amount, one.at_stripe, one.in_ledger
    );
    let done = one.is_open.then(|| {
        view! {
            <form method="post" action=SettleDifference::PATH>
                <input type="hidden" name="program" value=program.code() />
                <input type="hidden" name="id" value=one.id.to_string() />
                <button type="submit" class="button">"Mark as done"</button>
            </form>
        }
    });
    view! {
        <li class="panel">
            <p>{whose} " " <span class="badge">{one.state}</span></p>
            <p>{sums}</p>
            <p>{one.meaning}</p>
            <p>{one.advice}</p>
            {done}
        </li>
    }
}
