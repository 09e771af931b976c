//! Admin > Referrals > Books: what was earned, spent and is owed, and what differs from Stripe.

use domain::{
    account::{Permission, Rights},
    credit::{BooksTotals, Program},
    money::Currency,
    referral::REFERRALS_PATH,
};
use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    books_differences::last_comparison,
    filtered::answered,
    tabs::{choose_of, tabs_of},
};
use crate::{
    components::{AdminPage, Empty, refusal_notice},
    pages::query,
    ports::{Ports, Viewer},
    server_fns::admin::CompareBooks,
    types::admin::{BestReferrer, BooksMonth, BooksPage as Page, books_path},
};

/// The books of the program in the address.
#[component]
pub fn BooksPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let asked = query("tab");
    let permission = Permission::ManageCredits;
    let (program, notice) = choose_of(viewer.rights, permission, asked.as_deref(), tab);
    let compare = viewer.refusal("compare_books");
    let settle = viewer.refusal("settle_difference");
    let content = Suspend::new(async move {
        let page = ports.admin_books.page(program).await;
        answered(&ports, page, |page| {
            view! {
                <AdminPage title="Books">
                    {crumbs()}
                    {tabs_of(viewer.rights, permission, program, tab)}
                    {notice.map(|words| view! { <p class="notice" role="status">{words}</p> })}
                    {refusal_notice(&compare)}
                    {refusal_notice(&settle)}
                    {content(page)}
                </AdminPage>
            }
            .into_any()
        })
    });
    view! { <Suspense>{content}</Suspense> }
}

/// The path and the label of a program's books.
fn tab(program: Program) -> (&'static str, &'static str) {
    match program {
        Program::Tenant => (books_path(program), "Tenant Books"),
        Program::Platform => (books_path(program), "Platform Books"),
    }
}

/// The link on Admin > Referrals; `None` for somebody who may not see the books.
pub fn books_link(rights: Rights, program: Program) -> Option<impl IntoView> {
    rights.may(program, Permission::ManageCredits).then(|| {
        view! {
            <p><a class="button" href=books_path(program)>"Books"</a></p>
        }
    })
}

fn crumbs() -> impl IntoView {
    view! {
        <nav class="crumbs" aria-label="You are here"><a href=REFERRALS_PATH>"Referrals"</a></nav>
    }
}

fn content(page: Page) -> impl IntoView {
    let figures = match page.totals.is_empty() {
        true => view! {
            <Empty title="No credit has reached Stripe yet">
                <p>"What referrals earn and what is spent of it is added up here."</p>
            </Empty>
        }
        .into_any(),
        false => view! {
            {page.totals.into_iter().map(cards).collect_view()}
            {over_time(page.plots, page.months)}
            {best(page.best)}
        }
        .into_any(),
    };
    view! {
        {figures}
        {last_comparison(page.program, page.last)}
        {compare(page.program, page.compares)}
    }
}

fn cards(total: BooksTotals) -> impl IntoView {
    let currency = total.outstanding.currency().code().to_uppercase();
    let cards = [
        ("Earned", total.earned),
        ("Spent", total.spent),
        ("Taken back", total.taken_back),
        ("Outstanding", total.outstanding),
    ];
    let cards = cards.map(|(name, amount)| {
        view! { <div class="stat"><dt>{name}</dt><dd>{amount.to_string()}</dd></div> }
    });
    let (by_hand, by_others) = (total.by_hand, total.by_others);
    let beside = format!(
        "Outstanding is what the balances hold. It also counts {by_hand} by hand, and {by_others} by invoices and \
         in Stripe\u{2019}s dashboard."
    );
    view! {
        <section aria-label=format!("Totals in {currency}")>
            <dl class="stats">{cards}</dl>
            <p class="field-hint">{beside}</p>
        </section>
    }
}

fn over_time(plots: Vec<(Currency, String)>, months: Vec<BooksMonth>) -> impl IntoView {
    let plots = plots.into_iter().map(|(currency, svg)| {
        let label = format!("Outstanding in {}", currency.code().to_uppercase());
        view! { <figure class="books-plot" aria-label=label inner_html=svg></figure> }
    });
    let rows = months.into_iter().rev().map(|month| {
        let amounts: Vec<_> = month.outstanding.iter().map(ToString::to_string).collect();
        let amounts = match amounts.is_empty() {
            true => "Nothing".to_owned(),
            false => amounts.join(", "),
        };
        view! {
            <tr role="row">
                <td role="cell" data-label="End of">{month.name}</td>
                <td role="cell" data-label="Outstanding">{amounts}</td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="over-time-title">
            <h2 class="panel-title" id="over-time-title">"Outstanding over time"</h2>
            {plots.collect_view()}
            <table class="audit" role="table" aria-label="Outstanding at the end of each month">
                {heads(["End of", "Outstanding"])}
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
            <p class="field-hint">"The first row is the present month, so far."</p>
        </section>
    }
}

fn best(best: Vec<BestReferrer>) -> impl IntoView {
    let rows = best.into_iter().map(|one| {
        view! {
            <tr role="row">
                <td role="cell" data-label="Referrer"><a href=one.path dir="auto">{one.name}</a></td>
                <td role="cell" data-label="Credits">{one.credits}</td>
                <td role="cell" data-label="Earned">{one.earned.to_string()}</td>
            </tr>
        }
    });
    view! {
        <section class="panel" aria-labelledby="best-title">
            <h2 class="panel-title" id="best-title">"Best referrers"</h2>
            <table class="audit" role="table" aria-label="Best referrers">
                {heads(["Referrer", "Credits", "Earned"])}
                <tbody role="rowgroup">{rows.collect_view()}</tbody>
            </table>
        </section>
    }
}

fn heads<const N: usize>(names: [&'static str; N]) -> impl IntoView {
    let heads = names.map(|name| view! { <th role="columnheader" scope="col">{name}</th> });
    view! { <thead role="rowgroup"><tr role="row">{heads}</tr></thead> }
}

fn compare(program: Program, compares: bool) -> impl IntoView {
    let goes_on = compares.then(|| {
        view! {
            <p class="notice" role="status">
                "A comparison is going on. Reload this page in a while."
            </p>
        }
    });
    view! {
        <form method="post" action=CompareBooks::PATH>
            {goes_on}
            <input type="hidden" name="program" value=program.code() />
            <button type="submit" class="button">"Compare with Stripe now"</button>
        </form>
    }
}
