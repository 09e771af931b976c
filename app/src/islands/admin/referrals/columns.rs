//! The columns of the table of referrals.

use domain::{
    credit::Program,
    referral::{ReferralFilter, Sort},
};

#[derive(Clone, Copy, PartialEq)]
pub enum Column {
    Referrer,
    Referred,
    Status,
    Credit,
    Kind,
    Date,
}

/// The columns with their labels, in order.
pub fn columns(program: Program) -> [(Column, &'static str); 6] {
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
    pub fn class(self) -> &'static str {
        match self {
            Self::Referrer => "cell-referrer",
            Self::Referred => "cell-referred",
            Self::Status => "cell-status",
            Self::Credit => "cell-credit",
            Self::Kind => "cell-kind",
            Self::Date => "cell-date",
        }
    }

    pub fn sort(self) -> Option<Sort> {
        match self {
            Self::Date => Some(Sort::Date),
            Self::Credit => Some(Sort::Credit),
            _ => None,
        }
    }
}

/// `filter` sorted by `sort`, the largest or newest first; ascending if it was sorted so already.
pub fn sorted(filter: &ReferralFilter, sort: Sort) -> ReferralFilter {
    ReferralFilter {
        sort,
        ascending: filter.sort == sort && !filter.ascending,
        ..filter.clone().from_start()
    }
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
