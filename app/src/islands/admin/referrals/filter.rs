//! The filter above the table of referrals.

use domain::{
    credit::Program,
    referral::{REFERRALS_PATH, ReferralStatus, Sort, kind_name, kinds},
};
use leptos::prelude::*;

use super::{
    controls::{cleared, is_narrow, value_of},
    reducer::SEARCH,
    table::Table,
};
use crate::islands::{admin::controls::hidden_fields, any_view::IntoAnyView};

/// Status, purchase type or plan, dates and text. With JavaScript the table follows while the admin
/// types. `beside` is the query of the search for platform referrers, which stays.
#[component]
pub fn Filter(table: Table, beside: String) -> impl IntoView {
    let program = table.program;
    let statuses = ReferralStatus::ALL.map(|status| (status.code(), status.label()));
    let (kind_label, all_kinds) = match program {
        Program::Tenant => ("Purchase type", "All types"),
        Program::Platform => ("Plan", "All plans"),
    };
    let unsorted = move || table.page(|page| page.filter.sort == Sort::Date);
    let descending = move || table.page(|page| !page.filter.ascending);
    let tab = (program == Program::Platform)
        .then(|| view! { <input type="hidden" name="tab" value=program.code() /> });
    view! {
        <form
            class="filter"
            method="get"
            action=REFERRALS_PATH
            role="search"
            aria-label="Filter referrals"
            autocomplete="off"
            node_ref=table.form
            on:input=move |event| table.changed(event)
            on:submit=move |event| table.submitted(event)
        >
            {tab} {hidden_fields(&beside)}
            <input type="hidden" name="sort" value=Sort::Credit.code() disabled=unsorted />
            <input type="hidden" name="dir" value="asc" disabled=descending />
            {select(table, "status", "Status", "All statuses", statuses.to_vec())}
            {select(table, kind_name(program), kind_label, all_kinds, kinds(program))}
            {input(table, "from", "date", "From")}
            {input(table, "to", "date", "To")}
            {input(table, "q", "search", "Search")}
            <div class="filter-actions">
                <button type="submit" class="button without-script">"Apply"</button>
                <a
                    class="button button-quiet"
                    href=move || table.page(|page| cleared(&page.filter).path())
                    hidden=move || !table.page(|page| is_narrow(&page.filter))
                    on:click=move |event| clear(table, &event)
                >
                    "Clear filters"
                </a>
            </div>
        </form>
    }
}

/// Clears the filter; the focus moves to the search field.
pub fn clear(table: Table, event: &leptos::ev::MouseEvent) {
    let filter = table.page_now(|page| cleared(&page.filter));
    table.follow(event, &filter, SEARCH);
}

fn input(table: Table, name: &'static str, kind: &'static str, label: &'static str) -> AnyView {
    let id = format!("filter-{name}");
    let hint = (name == "q").then_some("Name or email");
    view! {
        <div class="field" class:filter-text=name == "q">
            <label for=id.clone()>{label}</label>
            <input
                id=id
                name=name
                type=kind
                placeholder=hint
                dir=hint.map(|_| "auto")
                value=move || table.state.with(|state| value_of(&state.controls, name))
            />
        </div>
    }
    .into_any_view()
}

fn select(
    table: Table,
    name: &'static str,
    label: &'static str,
    all: &'static str,
    options: Vec<(&'static str, &'static str)>,
) -> AnyView {
    let id = format!("filter-{name}");
    let options = options.into_iter().map(|(code, label)| {
        let chosen = move || {
            table
                .state
                .with(|state| value_of(&state.controls, name) == code)
        };
        view! { <option value=code selected=chosen>{label}</option> }
    });
    view! {
        <div class="field">
            <label for=id.clone()>{label}</label>
            <select id=id name=name>
                <option value="">{all}</option>
                {options.collect_view()}
            </select>
        </div>
    }
    .into_any_view()
}
