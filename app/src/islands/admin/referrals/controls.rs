//! The controls of the filter and their values, and the rows that can be retried.

use domain::{
    credit::Program,
    referral::{ReferralFilter, ReferralStatus, kind_name},
};

use crate::types::admin::ReferralsPage;

/// `filter` without its conditions; the sorting stays.
pub fn cleared(filter: &ReferralFilter) -> ReferralFilter {
    ReferralFilter {
        sort: filter.sort,
        ascending: filter.ascending,
        ..ReferralFilter::all(filter.program)
    }
}

/// `filter` leaves some referrals out.
pub fn is_narrow(filter: &ReferralFilter) -> bool {
    filter.clone().from_start() != cleared(filter)
}

/// The status that `filter` asks for, if it asks for nothing else.
pub fn only_status(filter: &ReferralFilter) -> Option<ReferralStatus> {
    let without = ReferralFilter {
        status: None,
        ..filter.clone()
    };
    filter.status.filter(|_| !is_narrow(&without))
}

/// The names of the filter's controls.
pub fn controls(program: Program) -> [&'static str; 5] {
    ["status", kind_name(program), "from", "to", "q"]
}

/// The value of the control `name` for `filter`.
pub fn value_of(filter: &ReferralFilter, name: &str) -> String {
    let mut pairs = filter.pairs().into_iter();
    pairs
        .find(|(other, _)| *other == name)
        .map_or_else(String::new, |(_, value)| value)
}

/// The ids of the rows that can be retried.
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
    fn clearing_keeps_only_the_sorting() {
        let cleared = cleared(&filter(
            "status=failed&q=jane&sort=credit&dir=asc&after=5.7",
        ));
        assert_eq!(cleared, filter("sort=credit&dir=asc"));
    }

    #[test]
    fn sorting_and_paging_leave_nothing_out() {
        assert!(!is_narrow(&filter("sort=credit&dir=asc&after=5.7")));
        for narrow in ["status=failed", "type=course", "from=2026-11-01", "q=jane"] {
            assert!(is_narrow(&filter(narrow)), "{narrow}");
        }
    }

    #[test]
    fn a_control_has_the_value_of_the_address() {
        let filter = filter("status=failed&to=2026-11-22&q=jane");
        assert_eq!(value_of(&filter, "status"), "failed");
        assert_eq!(value_of(&filter, "to"), "2026-11-22");
        assert_eq!(value_of(&filter, "q"), "jane");
        assert_eq!(value_of(&filter, "from"), "");
    }
}
