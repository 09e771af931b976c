//! The books of a program, as the console shows them.

pub use domain::attention::books_path;
use domain::{
    credit::{BooksTotals, Program},
    money::{Currency, Money},
};

/// Admin > Referrals > Books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooksPage {
    pub program: Program,
    /// In each currency that has any.
    pub totals: Vec<BooksTotals>,
    /// What was outstanding, drawn as SVG, for each of these currencies.
    pub plots: Vec<(Currency, String)>,
    /// The same numbers, oldest first.
    pub months: Vec<BooksMonth>,
    /// The most first.
    pub best: Vec<BestReferrer>,
    /// The last comparison that ended.
    pub last: Option<LastComparison>,
    /// Whether one goes on.
    pub compares: bool,
}

/// What was outstanding when a month ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BooksMonth {
    /// `November 2026`.
    pub name: String,
    /// In each currency that has any.
    pub outstanding: Vec<Money>,
}

/// A referrer who earned much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BestReferrer {
    pub name: String,
    /// Their page in the console.
    pub path: String,
    pub credits: i64,
    pub earned: Money,
}

/// A comparison of Stripe's balances with the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LastComparison {
    /// When it ended, for people and for machines.
    pub on: String,
    pub at: String,
    /// How it ended.
    pub outcome: &'static str,
    pub customers: i64,
    pub differences: Vec<DifferenceLine>,
    /// Whether there are more than these.
    pub has_more: bool,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DifferenceLine {
    pub id: i64,
    /// `cus_…`.
    pub customer_id: String,
    /// The page of whom it is about.
    pub path: Option<String>,
    pub amount: Money,
    pub at_stripe: Money,
    pub in_ledger: Money,
    pub meaning: &'static str,
    pub advice: &'static str,
    /// A word.
    pub state: &'static str,
    /// Whether it waits for a person.
    pub is_open: bool,
}
