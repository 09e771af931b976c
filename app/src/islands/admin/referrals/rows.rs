//! The rows of the table of referrals.

use domain::credit::Program;
use leptos::prelude::*;

use super::{
    columns::{Column, columns, sorted},
    reducer::TABLE,
    retry::{pick, pick_all, retry_form},
    table::Table,
};
use crate::{
    islands::{any_view::IntoAnyView, live_text::LiveText},
    server_fns::admin::PAYMENTS_PATH,
    types::admin::ReferralRow,
};

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
                    <th class="cell-pick" role="columnheader" scope="col">
                        <span class="visually-hidden">"Select"</span>
                        {pick_all(table)}
                    </th>
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
                    {move || {
                        let arrow = match direction() {
                            Some(true) => "↑",
                            Some(false) => "↓",
                            None => "↕",
                        };
                        LiveText(arrow.to_owned())
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
    let retried = || (row.can_retry).then(|| (row.id, row.referred.clone()));
    let pick = retried().map(|(id, referred)| pick(table, id, referred));
    let retry = retried().map(|(id, referred)| retry_form(table, id, referred));
    view! {
        <tr role="row">
            <td class="cell-pick" role="cell">{pick}</td>
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
        Column::Referrer => view! {
            <span dir="auto">{row.referrer.clone()}</span>
            <span class="cell-email">{row.referrer_email.clone()}</span>
        }
        .into_any_view(),
        Column::Referred => {
            let id = format!("referral-{}", row.id);
            let email = row.referred_email.clone();
            let email = email.map(|email| view! { <span class="cell-email">{email}</span> });
            view! {
                <a id=id href=row.path(program) dir="auto">{row.referred.clone()}</a>
                {email}
            }
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
        Column::Credit => match (row.credit, row.owed) {
            (None, Some(owed)) => {
                view! { <span class="table-owed">{format!("{owed} owed")}</span> }.into_any_view()
            }
            (credit, _) => or_none(credit.map(|credit| credit.to_string())),
        },
        Column::Kind => or_none(row.kind.clone()),
        Column::Date => {
            view! { <time datetime=row.at.clone()>{row.date.clone()}</time> }.into_any_view()
        }
    }
}
