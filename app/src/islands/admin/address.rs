//! The address of Admin > Referrals in the browser: the filter of the referrals, and beside it the search for
//! platform referrers.

use domain::referral::take_referrer_search;
use leptos::prelude::window;
use wasm_bindgen::JsValue;

/// The query of the search for platform referrers, and that of the filter. Neither has a question mark.
pub fn queries() -> (String, String) {
    let search = window().location().search().unwrap_or_default();
    take_referrer_search(search.trim_start_matches('?'))
}

/// The path with this query beside its own.
pub fn beside(path: &str, query: &str) -> String {
    match (query.is_empty(), path.contains('?')) {
        (true, _) => path.to_owned(),
        (false, true) => format!("{path}&{query}"),
        (false, false) => format!("{path}?{query}"),
    }
}

/// Writes the path into the address, as a new step of the history or in place of the newest.
pub fn write(path: &str, replace: bool) {
    if let Ok(history) = window().history() {
        let _ = if replace {
            history.replace_state_with_url(&JsValue::NULL, "", Some(path))
        } else {
            history.push_state_with_url(&JsValue::NULL, "", Some(path))
        };
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn a_query_stands_beside_another() {
        let path = "/admin/referrals";
        assert_eq!(beside(path, ""), path);
        assert_eq!(beside(path, "older=7"), "/admin/referrals?older=7");
        let tab = "/admin/referrals?tab=platform";
        assert_eq!(
            beside(tab, "older=7"),
            "/admin/referrals?tab=platform&older=7"
        );
    }
}
