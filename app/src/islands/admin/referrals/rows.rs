//! The rows of the table of referrals, and the forms that retry a credit.

use domain::{
    credit::Program,
    referral::{ReferralFilter, Sort},
};
use leptos::{ev::Event, prelude::*, server_fn::ServerFn};
use web_sys::HtmlInputElement;

use super::{
    controls::retryable,
    reducer::{Message, TABLE},
    table::Table,
};
use crate::{
    islands::any_view::IntoAnyView,
    server_fns::admin::{PAYMENTS_PATH, RetryReferrals},
    types::admin::ReferralRow,
};

/// The id of the form that the checkboxes of all rows belong to.
const SELECTED: &str = "retry-selected";

#[derive(Clone, Copy, PartialEq)]
enum Column {
    Referrer,
    Referred,
    Status,
    Credit,
    Kind,
    Date,
}

/// The columns with their labels, in order.
fn columns(program: Program) -> [(Column, &'static str); 6] {
    match program {
        Program::Tenant => [
            (Column::Referrer, "Referrer"),
            (Column::Referred, "Referred user"),
            (Column::Status, "Status"),
            (Column::Credit, "Credit amount"),
            (Column::Kind, "Purchase type"),
            (Column::Date, "Date"),
        ],
        Program::Platform => [
            (Column::Referrer, "Referrer"),
            (Column::Referred, "Customer email"),
            (Column::Kind, "Plan"),
            (Column::Status, "Status"),
            (Column::Credit, "Credit"),
            (Column::Date, "Date"),
        ],
    }
}

impl Column {
    fn class(self) -> &'static str {
        match self {
            Self::Referrer => "cell-referrer",
            Self::Referred => "cell-referred",
            Self::Status => "cell-status",
            Self::Credit => "cell-credit",
            Self::Kind => "cell-kind",
            Self::Date => "cell-date",
        }
    }

    fn sort(self) -> Option<Sort> {
        match self {
            Self::Date => Some(Sort::Date),
            Self::Credit => Some(Sort::Credit),
            _ => None,
        }
    }
}

/// `filter` sorted by `sort`, the largest or newest first; ascending if it was sorted so already.
fn sorted(filter: &ReferralFilter, sort: Sort) -> ReferralFilter {
    ReferralFilter {
        sort,
        ascending: filter.sort == sort && !filter.ascending,
        ..filter.clone().from_start()
    }
}

/// Above the table: retries all selected rows at once.
#[component]
pub fn RetrySelected(table: Table) -> impl IntoView {
    let any = move || table.page(|page| !retryable(page).is_empty());
    let selected = move || table.state.with(|state| state.selected.len());
    let all = move || selected() > 0 && table.page(|page| retryable(page).len() == selected());
    let select_all = move |event: Event| {
        let ticked = event_target_checked(&event);
        table.send(Message::SelectAll { ticked });
    };
    let label = move || match selected() {
        0 => "Retry selected".to_owned(),
        many => format!("Retry selected ({many})"),
    };
    view! {
        <form
            id=SELECTED
            class="table-bulk"
            method="post"
            action=RetryReferrals::PATH
            hidden=move || !any()
            on:submit=move |event| table.retry(event)
        >
            {hidden_fields(table)}
            <label class="pick needs-script">
                <input id="pick-all" type="checkbox" prop:checked=all on:change=select_all />
                "Select all"
            </label>
            <button
                id="retry-all"
                type="submit"
                class="button button-small"
                aria-disabled=move || table.retrying.busy.get().then_some("true")
            >
                {label}
            </button>
        </form>
    }
}

/// The program, and the address to return to without JavaScript.
fn hidden_fields(table: Table) -> impl IntoView {
    let back = table.page_now(|page| page.filter.path());
    view! {
        <input type="hidden" name="program" value=table.program.code() />
        <input type="hidden" name="back" value=back />
    }
}

/// The table. Its ARIA roles are explicit because the style for phones, which shows rows as cards,
/// would remove them.
#[component]
pub fn Rows(table: Table, caption: &'static str) -> impl IntoView {
    let heads = columns(table.program).map(|(column, label)| head(table, column, label));
    view! {
        <table id=TABLE class="table" role="table" tabindex="-1">
            <caption class="visually-hidden">{caption}</caption>
            <thead role="rowgroup">
                <tr role="row">
                    {heads}
                    <th class="cell-actions" role="columnheader" scope="col">
                        <span class="visually-hidden">"Retry"</span>
                    </th>
                </tr>
            </thead>
            <tbody role="rowgroup">
                <For
                    each=move || table.page(|page| page.rows.clone())
                    key=|row| (row.id, row.status, row.reason.clone(), row.can_retry, row.kind.clone())
                    children=move |one| row(table, one)
                />
            </tbody>
        </table>
    }
}

fn head(table: Table, column: Column, label: &'static str) -> AnyView {
    let Some(sort) = column.sort() else {
        return view! { <th class=column.class() role="columnheader" scope="col">{label}</th> }
            .into_any_view();
    };
    let direction =
        move || table.page(|page| (page.filter.sort == sort).then_some(page.filter.ascending));
    let follow = move |event| {
        let filter = table.page_now(|page| sorted(&page.filter, sort));
        table.follow(&event, &filter, "");
    };
    view! {
        <th
            class=column.class()
            role="columnheader"
            scope="col"
            aria-sort=move || match direction() {
                Some(true) => Some("ascending"),
                Some(false) => Some("descending"),
                None => None,
            }
        >
            <a
                id=format!("sort-{}", sort.code())
                href=move || table.page(|page| sorted(&page.filter, sort).path())
                on:click=follow
            >
                {label}
                <span class="table-arrow" aria-hidden="true">
                    {move || match direction() {
                        Some(true) => "↑",
                        Some(false) => "↓",
                        None => "↕",
                    }}
                </span>
            </a>
        </th>
    }
    .into_any_view()
}

fn row(table: Table, row: ReferralRow) -> impl IntoView {
    let cells = columns(table.program).map(|(column, label)| {
        view! {
            <td class=column.class() role="cell" data-label=label>
                {cell(table.program, column, &row)}
            </td>
        }
    });
    let retry = row
        .can_retry
        .then(|| retry_form(table, row.id, row.referred.clone()));
    view! {
        <tr role="row">
            {cells}
            <td class="cell-actions" role="cell">{retry}</td>
        </tr>
    }
}

fn cell(program: Program, column: Column, row: &ReferralRow) -> AnyView {
    let or_none = |text: Option<String>| match text {
        Some(text) => text.into_any_view(),
        None => view! { <span class="table-none">"—"</span> }.into_any_view(),
    };
    match column {
        Column::Referrer => {
            view! { <span dir="auto">{row.referrer.clone()}</span> }.into_any_view()
        }
        Column::Referred => {
            let id = format!("referral-{}", row.id);
            view! { <a id=id href=row.path(program) dir="auto">{row.referred.clone()}</a> }
                .into_any_view()
        }
        Column::Status => {
            let reason = row
                .reason
                .clone()
                .map(|reason| view! { <span class="table-reason">{reason}</span> });
            let settings = row
                .see_settings
                .then(|| view! { <a class="table-reason" href=PAYMENTS_PATH>"Open Payments settings"</a> });
            let class = format!("badge badge-{}", row.status.code());
            view! { <span class=class>{row.status.label()}</span> {reason} {settings} }
                .into_any_view()
        }
        Column::Credit => or_none(row.credit.map(|credit| credit.to_string())),
        Column::Kind => or_none(row.kind.clone()),
        Column::Date => {
            view! { <time datetime=row.at.clone()>{row.date.clone()}</time> }.into_any_view()
        }
    }
}

fn retry_form(table: Table, id: i64, referred: String) -> AnyView {
    let selected = move || table.state.with(|state| state.selected.contains(&id));
    let select = move |event: Event| {
        let ticked = event_target::<HtmlInputElement>(&event).checked();
        table.send(Message::Select { id, ticked });
    };
    view! {
        <div class="retry">
            <label class="pick">
                <input
                    id=format!("pick-{id}")
                    type="checkbox"
                    name="ids[]"
                    value=id.to_string()
                    form=SELECTED
                    prop:checked=selected
                    on:change=select
                />
                <span class="visually-hidden">"Select " {referred.clone()}</span>
            </label>
            <form
                method="post"
                action=RetryReferrals::PATH
                on:submit=move |event| table.retry(event)
            >
                {hidden_fields(table)}
                <input type="hidden" name="ids[]" value=id.to_string() />
                <button
                    id=format!("retry-{id}")
                    type="submit"
                    class="button button-small"
                    aria-disabled=move || table.retrying.busy.get().then_some("true")
                >
                    "Retry"
                    <span class="visually-hidden">" " {referred}</span>
                </button>
            </form>
        </div>
    }
    .into_any_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_program_has_its_columns() {
        assert_eq!(
            columns(Program::Tenant).map(|(_, label)| label).join(", "),
            "Referrer, Referred user, Status, Credit amount, Purchase type, Date"
        );
        assert_eq!(
            columns(Program::Platform)
                .map(|(_, label)| label)
                .join(", "),
            "Referrer, Customer email, Plan, Status, Credit, Date"
        );
    }

    #[test]
    fn a_column_is_sorted_descending_first_and_then_ascending() {
        let (newest, _) = ReferralFilter::from_query(Program::Tenant, "status=failed&after=5.7");
        let oldest = sorted(&newest, Sort::Date);
        assert_eq!(oldest.query(), "status=failed&dir=asc");
        assert_eq!(sorted(&oldest, Sort::Date).query(), "status=failed");
        let most = sorted(&oldest, Sort::Credit);
        assert_eq!(most.query(), "status=failed&sort=credit");
    }
}
