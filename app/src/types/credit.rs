//! The statement of a member's credit.

use domain::{
    credit::{Reserved, StatementGap},
    foreign_amount::ForeignAmount,
    money::Money,
};

/// A member's credit with every change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditStatement {
    /// What is on the balance; `None` while it is unknown.
    pub available: Option<Money>,
    /// What purchases hold that are not paid yet, or is on its way to the balance.
    pub reserved: Reserved,
    /// Credit in other currencies than the site's.
    pub other_currencies: Vec<ForeignAmount>,
    /// Newest first.
    pub lines: Vec<StatementLine>,
    /// Why the lines are those that the site knows; `None` if they agree with Stripe to the cent.
    pub gap: Option<StatementGap>,
}

/// One change of the balance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementLine {
    /// `November 28, 2026`.
    pub on: String,
    /// The same as ISO 8601.
    pub at: String,
    /// `Earned by referring Jane D.`
    pub words: String,
    /// Above zero in the member's favor.
    pub amount: Money,
    /// What was left afterwards.
    pub left: Option<Money>,
    /// The path of the purchase that it is about.
    pub path: Option<String>,
}
