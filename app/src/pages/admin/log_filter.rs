//! The form that filters a log, and the link to its file.

use domain::{account::SecurityEvent, log_filter::LogFilter};
use leptos::prelude::*;

/// A log of Site Settings.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Log {
    Audit,
    Security,
}

impl Log {
    /// The value of `tab` in the address.
    fn tab(self) -> &'static str {
        match self {
            Self::Audit => "audit",
            Self::Security => "security",
        }
    }

    /// The address of the page with this filter, which begins before the entry `before`.
    pub fn path(self, filter: &LogFilter, before: Option<i64>) -> String {
        let before = before.map(|before| format!("before={before}"));
        let filter = Some(filter.query()).filter(|query| !query.is_empty());
        let parts = [filter, before].into_iter().flatten();
        parts.fold(
            format!("/admin/settings?tab={}", self.tab()),
            |path, part| format!("{path}&{part}"),
        )
    }
}

/// The fields of the filter, and the link to the file with what it shows.
pub fn log_filter(log: Log, filter: &LogFilter) -> impl IntoView + use<> {
    let hint = match log {
        Log::Audit => "A part of who changed something, or of what was changed.",
        Log::Security => "The beginning of a member's name or email address.",
    };
    let event = (log == Log::Security).then(|| event_field(filter.event));
    let day = |name: &'static str, label, value: Option<time::Date>| {
        let value = value.map(|day| day.to_string());
        view! {
            <div class="field">
                <label for=format!("log-{name}")>{label}</label>
                <input id=format!("log-{name}") name=name type="date" value=value />
            </div>
        }
    };
    let clear = (!filter.is_empty()).then(|| {
        let all = log.path(&LogFilter::default(), None);
        view! { <a class="button button-quiet" href=all>"Clear filters"</a> }
    });
    let file = format!("/admin/settings/{}.csv?{}", log.tab(), filter.query());
    view! {
        <form class="filter" method="get" action="/admin/settings" role="search" aria-label="Filter the log">
            <input type="hidden" name="tab" value=log.tab() />
            <div class="field filter-text">
                <label for="log-q">"Search"</label>
                <input
                    id="log-q"
                    name="q"
                    type="search"
                    dir="auto"
                    autocomplete="off"
                    spellcheck="false"
                    value=filter.text.clone()
                    aria-describedby="log-q-hint"
                />
            </div>
            {event}
            {day("from", "From", filter.from)}
            {day("to", "To", filter.to)}
            <div class="filter-actions">
                <button type="submit" class="button">"Apply"</button>
                {clear}
            </div>
            <p class="field-hint filter-hint" id="log-q-hint">{hint}</p>
        </form>
        <p><a class="button" href=file download="">"Download as CSV"</a></p>
    }
}

fn event_field(chosen: Option<SecurityEvent>) -> impl IntoView {
    let events = SecurityEvent::ALL.map(|event| {
        let selected = chosen == Some(event);
        view! { <option value=event.code() selected=selected>{event.label()}</option> }
    });
    view! {
        <div class="field">
            <label for="log-event">"What"</label>
            <select id="log-event" name="event">
                <option value="">"Everything"</option>
                {events}
            </select>
        </div>
    }
}
