//! Admin > Referrals, one tab: cards, partners (platform), filter and table.

mod controls;
mod filter;
mod pages;
mod reducer;
mod rows;
mod stats;
mod table;

use domain::{credit::Program, forms::Refusal};
use leptos::prelude::*;

use self::{
    filter::Filter,
    pages::{EmptyTable, Pages},
    reducer::Message,
    rows::{RetryPicked, Rows},
    stats::Stats,
    table::Table,
};
use super::platform_referrers::{Partners, PartnersStart};
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
    let empty = move || table.page(|page| page.rows.is_empty());
    let loading = move || table.state.with(|state| state.loading);
    view! {
        <Stats table />
        {partners.map(|start| view! { <Partners start /> })}
        <section class="referrals" aria-labelledby="referrals-title">
            <h2 id="referrals-title" class=class>{title}</h2>
            <Filter table />
            <LeftOut table />
            <Trouble table />
            <Complaints state=retrying />
            <p class="visually-hidden" role="status">{move || table.state.with(|state| state.announcement.clone())}</p>
            <div
                class="table-area"
                class:is-busy=loading
                aria-busy=move || loading().to_string()
            >
                <div class="table-frame" hidden=empty>
                    <RetryPicked table />
                    <Rows table caption=title />
                </div>
                <EmptyTable table />
                <div class="skeleton" aria-hidden="true" hidden=move || !(empty() && loading())>
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
    let sentences = move || table.page(|page| page.left_out.join(" "));
    view! {
        <p class="notice" role="status" hidden=move || sentences().is_empty()>
            {sentences}
        </p>
    }
}

/// Why the table could not be read, and once more.
#[component]
fn Trouble(table: Table) -> impl IntoView {
    view! {
        <div class="complaints" role="alert" hidden=move || table.state.with(|state| state.error.is_none())>
            <p class="complaints-title">{move || table.state.with(|state| state.error.clone())}</p>
            <button type="button" class="button button-small" on:click=move |_| table.send(Message::TryAgain)>
                "Try again"
            </button>
        </div>
    }
}
