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
    let rows: Vec<_> = together(page.entries).into_iter().map(row).collect();
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
        <section class="panel" aria-label="Changes">
        <table class="audit audit-log" role="table" aria-label="Audit log">
            <thead role="rowgroup">
                <tr role="row">
                    {["When", "Who", "What"]
                        .map(|name| view! { <th role="columnheader" scope="col">{name}</th> })}
                </tr>
            </thead>
            <tbody role="rowgroup">{rows}</tbody>
        </table>
        </section>
        <nav class="pages" aria-label="Pages">{newest}{older}</nav>
    }
    .into_any()
}

/// The entries, with those together that one person wrote about one subject at one moment.
fn together(entries: Vec<AuditEntry>) -> Vec<Vec<AuditEntry>> {
    let mut all: Vec<Vec<AuditEntry>> = Vec::new();
    for entry in entries {
        let same = |first: &AuditEntry| {
            (&first.at, &first.actor, &first.subject, first.platform)
                == (&entry.at, &entry.actor, &entry.subject, entry.platform)
        };
        match all.last_mut() {
            Some(last) if last.first().is_some_and(same) => last.push(entry),
            _ => all.push(vec![entry]),
        }
    }
    all
}

fn row(entries: Vec<AuditEntry>) -> Option<AnyView> {
    let first = entries.first()?.clone();
    let platform = first
        .platform
        .then(|| view! { <span class="badge">"Platform"</span> });
    let changes: Vec<_> = entries
        .iter()
        .map(|entry| view! { <span class="audit-field" dir="auto">{sentence(entry)}</span> })
        .collect();
    let row = view! {
        <tr role="row">
            <td role="cell" data-label="When">
                <time datetime=first.at>{first.on}</time>
            </td>
            <td role="cell" data-label="Who"><span dir="auto">{first.actor}</span></td>
            <td role="cell" data-label="What">
                <span>
                    <strong dir="auto">{first.subject}</strong>
                    " "
                    {changes}
                    {platform}
                </span>
            </td>
        </tr>
    };
    Some(row.into_any())
}

/// The change in words.
fn sentence(entry: &AuditEntry) -> String {
    let field = &entry.field;
    match (entry.old.as_deref(), entry.new.as_deref()) {
        (Some(old), Some(new)) => format!("{field} changed from {old} to {new}"),
        (None, Some(new)) => format!("{field}: {new}"),
        (Some(old), None) => format!("{field} removed, it was {old}"),
        (None, None) => field.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(subject: &str, old: Option<&str>, new: Option<&str>) -> AuditEntry {
        AuditEntry {
            id: 1,
            actor: "Dana Cole".to_owned(),
            subject: subject.to_owned(),
            field: "Name".to_owned(),
            old: old.map(str::to_owned),
            new: new.map(str::to_owned),
            platform: false,
            on: String::new(),
            at: String::new(),
        }
    }

    #[test]
    fn a_change_is_a_sentence() {
        let said = |old, new| sentence(&entry("Settings", old, new));
        assert_eq!(said(Some("A"), Some("B")), "Name changed from A to B");
        assert_eq!(said(None, Some("B")), "Name: B");
        assert_eq!(said(Some("A"), None), "Name removed, it was A");
        assert_eq!(said(None, None), "Name");
    }

    #[test]
    fn what_was_saved_at_once_stands_together() {
        let entries = ["Settings", "Settings", "Stripe", "Settings"];
        let entries = entries.map(|subject| entry(subject, None, None));
        let sizes: Vec<_> = together(entries.to_vec()).iter().map(Vec::len).collect();
        assert_eq!(sizes, [2, 1, 1]);
    }
}
