//! Which entries of the audit log or the security log to show, as an address says it.

use time::{Date, macros::format_description};

use crate::account::SecurityEvent;

/// The longest search text, in characters.
const TEXT_MAX: usize = 200;

/// A filter of a log. Empty parts leave nothing out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LogFilter {
    /// In the audit log: a part of who changed something or of what was changed. In the security log:
    /// the beginning of a member's name or address.
    pub text: String,
    /// The first day to show.
    pub from: Option<Date>,
    /// The last day to show.
    pub to: Option<Date>,
    /// In the security log: what happened.
    pub event: Option<SecurityEvent>,
}

impl LogFilter {
    /// The filter that a query asks for. What cannot be read is left out.
    pub fn from_query(query: &str) -> Self {
        let mut filter = Self::default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "q" => filter.text = value.trim().chars().take(TEXT_MAX).collect(),
                "from" => filter.from = day(&value),
                "to" => filter.to = day(&value),
                "event" => filter.event = SecurityEvent::parse(&value),
                _ => {}
            }
        }
        if let (Some(from), Some(to)) = (filter.from, filter.to)
            && from > to
        {
            (filter.from, filter.to) = (Some(to), Some(from));
        }
        filter
    }

    /// Whether the filter leaves nothing out.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The query that [`Self::from_query`] reads back; empty for a filter that leaves nothing out.
    pub fn query(&self) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let day = |day: Option<Date>| day.map(|day| day.to_string());
        let event = self.event.map(|event| event.code().to_owned());
        let text = (!self.text.is_empty()).then(|| self.text.clone());
        let parts = [
            ("q", text),
            ("from", day(self.from)),
            ("to", day(self.to)),
            ("event", event),
        ];
        for (name, value) in parts {
            if let Some(value) = value {
                query.append_pair(name, &value);
            }
        }
        query.finish()
    }
}

/// Reads `YYYY-MM-DD`, as a date field sends it.
fn day(typed: &str) -> Option<Date> {
    Date::parse(typed, format_description!("[year]-[month]-[day]")).ok()
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn a_filter_is_read_back() {
        let filter = LogFilter {
            text: "Dana & Söhne".to_owned(),
            from: Some(date!(2026 - 11 - 01)),
            to: Some(date!(2026 - 11 - 22)),
            event: Some(SecurityEvent::WrongPassword),
        };
        assert_eq!(LogFilter::from_query(&filter.query()), filter);
        assert_eq!(LogFilter::default().query(), "");
        assert!(LogFilter::from_query("tab=audit&before=5").is_empty());
    }

    #[test]
    fn what_cannot_be_read_leaves_nothing_out() {
        let filter = LogFilter::from_query("from=2026-02-30&to=soon&event=party&q=%20%20");
        assert!(filter.is_empty());
        let turned = LogFilter::from_query("from=2026-11-22&to=2026-11-01");
        assert!(turned.from < turned.to);
    }
}
