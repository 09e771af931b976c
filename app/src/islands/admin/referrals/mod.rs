//! One tab of Admin > Referrals: cards, platform referrers (only in their program), filter, table.

mod columns;
mod controls;
mod filter;
mod pages;
mod reducer;
mod retry;
mod rows;
mod stats;
mod table;

use domain::{credit::Program, forms::Refusal};
use leptos::prelude::*;

use self::{
    filter::Filter,
    pages::{EmptyTable, Pages},
    reducer::Message,
    retry::RetrySelected,
    rows::Rows,
    stats::Stats,
    table::Table,
};
use super::platform_referrers::{PlatformReferrers, ReferrersStart};
use crate::{
    islands::{
        form::{FormErrors, FormState},
        live_text::LiveText,
    },
    types::admin::ReferralsPage,
};

/// The whole tab is one island, because cards and table follow one filter.
#[island]
pub fn Referrals(
    /// The page of the table that the address asks for.
    page: ReferralsPage,
    /// A refusal of a retry that was sent without JavaScript.
    refusal: Refusal,
    /// `None` for the tenant program.
    referrers: Option<ReferrersStart>,
) -> impl IntoView {
    let retrying = FormState::new(refusal);
    let table = Table::new(page, retrying);
    let (title, class) = match table.program {
        // The tab above has the same words.
        Program::Tenant => ("Tenant Referrals", "visually-hidden"),
        Program::Platform => ("Platform Referrals", "group-title"),
    };
    let beside = referrers.as_ref().map(|start| start.page.query.clone());
    let beside = beside.unwrap_or_default();
    let query = Signal::derive(move || table.page(|page| page.filter.query()));
    let empty = move || table.page(|page| page.rows.is_empty());
    let loading = move || table.state.with(|state| state.loading);
    view! {
        <Stats table />
        {referrers.map(|start| view! { <PlatformReferrers start filter=query /> })}
        <section class="referrals" aria-labelledby="referrals-title">
            <h2 id="referrals-title" class=class>{title}</h2>
            <Filter table beside />
            <IgnoredParameters table />
            <LoadError table />
            <FormErrors state=retrying />
            <p class="visually-hidden" role="status">
                {move || LiveText(table.state.with(|state| state.announcement.clone()))}
            </p>
            <div
                class="table-area"
                class:is-busy=loading
                aria-busy=move || loading().to_string()
            >
                <div class="table-frame" hidden=empty>
                    <Rows table caption=title />
                    <RetrySelected table />
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

/// Says which parts of the address were ignored.
#[component]
fn IgnoredParameters(table: Table) -> impl IntoView {
    let sentences = move || table.page(|page| page.ignored.join(" "));
    view! {
        <p class="notice" role="status" hidden=move || sentences().is_empty()>
            {move || LiveText(sentences())}
        </p>
    }
}

/// Says why the table could not be loaded, with a button that tries again.
#[component]
fn LoadError(table: Table) -> impl IntoView {
    view! {
        <div class="form-errors" role="alert" hidden=move || table.state.with(|state| state.error.is_none())>
            <p class="form-errors-title">
                {move || LiveText(table.state.with(|state| state.error.clone().unwrap_or_default()))}
            </p>
            <button type="button" class="button button-small" on:click=move |_| table.send(Message::TryAgain)>
                "Try again"
            </button>
        </div>
    }
}
