//! The audit log: who changed what.

use domain::log_filter::LogFilter;
use leptos::prelude::*;

use super::log_filter::{Log, log_filter};
use crate::{
    components::Empty,
    types::admin::{AuditEntry, AuditPage},
};

pub const AUDIT_PATH: &str = "/admin/settings?tab=audit";

/// One page of the log, newest first.
pub fn audit_log(page: AuditPage, filter: &LogFilter, later: bool) -> AnyView {
    if page.entries.is_empty() && filter.is_empty() && !later {
        return view! {
            <Empty title="Nothing has been changed yet">
                <p>"Changes of settings, products, platform referrers and members' records are listed here."</p>
            </Empty>
        }
        .into_any();
    }
    let rows: Vec<_> = page.entries.into_iter().map(row).collect();
    let newest = later.then(
        || view! { <a class="button" href=Log::Audit.path(filter, None)>"Newest changes"</a> },
    );
    let older = page.older.map(|before| {
        let to = Log::Audit.path(filter, Some(before));
        view! { <a class="button" rel="next" href=to>"Older changes"</a> }
    });
    // On a phone each row is shown as a card; the roles keep it a table for screen readers.
    let none = rows
        .is_empty()
        .then(|| view! { <p class="notice" role="status">"Nothing matches."</p> });
    view! {
        {log_filter(Log::Audit, filter)}
        {none}
        <table class="audit" role="table" aria-label="Audit log">
            <thead role="rowgroup">
                <tr role="row">
                    {["When", "Who", "What", "From", "To"]
                        .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        <nav class="pages" aria-label="Pages">{newest}{older}</nav>
    }
    .into_any()
}

fn row(entry: AuditEntry) -> impl IntoView {
    let platform = entry
        .platform
        .then(|| view! { <span class="badge">"Platform"</span> });
    view! {
        <tr role="row">
            <td role="cell" data-label="When">
                <time datetime=entry.at>{entry.on}</time>
            </td>
            <td role="cell" data-label="Who"><span dir="auto">{entry.actor}</span></td>
            <td role="cell" data-label="What">
                <span>
                    <strong dir="auto">{entry.subject}</strong>
                    <span class="audit-field">{entry.field}</span>
                    {platform}
                </span>
            </td>
            <td role="cell" data-label="From">{value(entry.old)}</td>
            <td role="cell" data-label="To">{value(entry.new)}</td>
        </tr>
    }
}

/// Screen readers skip a dash, so a hidden word comes with it.
fn value(value: Option<String>) -> AnyView {
    match value {
        Some(text) => view! { <span class="audit-value" dir="auto">{text}</span> }.into_any(),
        None => view! {
            <span class="audit-value"><span aria-hidden="true">"–"</span>
                <span class="visually-hidden">"nothing"</span></span>
        }
        .into_any(),
    }
}
