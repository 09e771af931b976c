//! What the controls of a referrals table hold, and which of its rows can be tried again.

use domain::{
    credit::Program,
    referral::{ReferralFilter, kind_name},
};

use crate::types::admin::ReferralsPage;

/// Everything, sorted as before.
pub fn cleared(filter: &ReferralFilter) -> ReferralFilter {
    ReferralFilter {
        sort: filter.sort,
        ascending: filter.ascending,
        ..ReferralFilter::all(filter.program)
    }
}

/// Something is left out.
pub fn is_narrow(filter: &ReferralFilter) -> bool {
    filter.clone().from_start() != cleared(filter)
}

/// The names of the controls.
pub fn controls(program: Program) -> [&'static str; 5] {
    ["status", kind_name(program), "from", "to", "q"]
}

/// What the control `name` holds for `filter`.
pub fn held(filter: &ReferralFilter, name: &str) -> String {
    let mut pairs = filter.pairs().into_iter();
    pairs
        .find(|(other, _)| *other == name)
        .map_or_else(String::new, |(_, value)| value)
}

/// The ids of the rows that can be tried again.
pub fn retryable(page: &ReferralsPage) -> Vec<i64> {
    let rows = page.rows.iter().filter(|row| row.can_retry);
    rows.map(|row| row.id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(query: &str) -> ReferralFilter {
        ReferralFilter::from_query(Program::Tenant, query).0
    }

    #[test]
    fn clearing_keeps_the_sorting_alone() {
        let cleared = cleared(&filter(
            "status=failed&q=jane&sort=credit&dir=asc&after=5.7",
        ));
        assert_eq!(cleared, filter("sort=credit&dir=asc"));
    }

    #[test]
    fn neither_sorting_nor_paging_leaves_anything_out() {
        assert!(!is_narrow(&filter("sort=credit&dir=asc&after=5.7")));
        for narrow in ["status=failed", "type=course", "from=2026-11-01", "q=jane"] {
            assert!(is_narrow(&filter(narrow)), "{narrow}");
        }
    }

    #[test]
    fn a_control_holds_what_its_address_says() {
        let filter = filter("status=failed&to=2026-11-22&q=jane");
        assert_eq!(held(&filter, "status"), "failed");
        assert_eq!(held(&filter, "to"), "2026-11-22");
        assert_eq!(held(&filter, "q"), "jane");
        assert_eq!(held(&filter, "from"), "");
    }
}
