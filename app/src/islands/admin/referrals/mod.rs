//! Admin > Referrals, one tab: cards, partners (platform), filter and table.

mod controls;
mod filter;
mod pages;
mod rows;
mod state;

use domain::{credit::Program, forms::Refusal};
use leptos::prelude::*;

use self::{
    filter::Filter,
    pages::{EmptyTable, Pages},
    rows::{RetryPicked, Rows},
    state::Table,
};
use super::{
    platform_referrers::{Partners, PartnersStart},
    stats::Stats,
};
use crate::{
    islands::form::{Complaints, FormState},
    types::admin::ReferralsPage,
};

/// One island, because cards and table follow one filter.
#[island]
pub fn Referrals(
    /// What the address asked for.
    page: ReferralsPage,
    /// Why nothing was tried again, for those who have no JavaScript.
    refusal: Refusal,
    /// Platform: the partners.
    partners: Option<PartnersStart>,
) -> impl IntoView {
    let retrying = FormState::new(refusal);
    let table = Table::new(page, retrying);
    let (title, class) = match table.program {
        // The tab just above says it already.
        Program::Tenant => ("Tenant Referrals", "visually-hidden"),
        Program::Platform => ("Platform Referrals", "group-title"),
    };
    let empty = Memo::new(move |_| table.page.with(|page| page.rows.is_empty()));
    view! {
        <Stats page=table.page />
        {partners.map(|start| view! { <Partners start /> })}
        <section class="referrals" aria-labelledby="referrals-title">
            <h2 id="referrals-title" class=class>{title}</h2>
            <Filter table />
            <LeftOut table />
            <Trouble table />
            <Complaints state=retrying />
            <p class="visually-hidden" role="status">{table.told}</p>
            <div
                class="table-area"
                class:is-busy=table.busy
                aria-busy=move || table.busy.get().to_string()
            >
                <div class="table-frame" hidden=move || empty.get()>
                    <RetryPicked table />
                    <Rows table caption=title />
                </div>
                <EmptyTable table />
                <div class="skeleton" aria-hidden="true" hidden=move || !(empty.get() && table.busy.get())>
                    <span></span>
                    <span></span>
                    <span></span>
                </div>
                <Pages table />
            </div>
        </section>
    }
}

/// What of the address made no sense.
#[component]
fn LeftOut(table: Table) -> impl IntoView {
    let sentences = Memo::new(move |_| table.page.with(|page| page.left_out.join(" ")));
    view! {
        <p class="notice" role="status" hidden=move || sentences.with(String::is_empty)>
            {sentences}
        </p>
    }
}

/// Why the table could not be read, and once more.
#[component]
fn Trouble(table: Table) -> impl IntoView {
    view! {
        <div class="complaints" role="alert" hidden=move || table.trouble.with(Option::is_none)>
            <p class="complaints-title">{move || table.trouble.get()}</p>
            <button type="button" class="button button-small" on:click=move |_| table.ask_again()>
                "Try again"
            </button>
        </div>
    }
}
