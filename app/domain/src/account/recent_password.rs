//! What needs a password that was typed a short time ago: an admin's browser may be left open
//! (`docs/rules.md` 73).

use time::Duration;

/// How long after the password was typed an admin may change keys, amounts and whom money goes to.
const RECENT_FOR: Duration = Duration::HOUR;

/// How long after it a page with such a form asks for it again, so that there is time to fill the form.
const ASKED_AFTER: Duration = Duration::minutes(40);

/// Whether the password was typed a short time ago; `since` is the time since then.
pub fn is_recent(since: Option<Duration>) -> bool {
    since.is_some_and(|since| since < RECENT_FOR)
}

/// Whether a page asks for the password before it shows what needs it.
pub fn is_asked(since: Option<Duration>) -> bool {
    since.is_none_or(|since| since >= ASKED_AFTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_asks_before_a_form_would_be_refused() {
        for minutes in 0..120 {
            let since = Some(Duration::minutes(minutes));
            assert!(is_asked(since) || is_recent(since), "{minutes}");
            assert!(is_recent(Some(Duration::minutes(minutes.min(59)))));
        }
        assert!(is_asked(Some(Duration::minutes(40))) && is_recent(Some(Duration::minutes(59))));
        assert!(!is_recent(Some(Duration::HOUR)));
        assert!(is_asked(None) && !is_recent(None));
    }
}
