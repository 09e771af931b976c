//! Credits that wait until an admin has looked at them. Their pages are plain, so nothing here reaches the browser
//! as data.

use domain::{credit::Program, money::Money};

/// A credit under review.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewRow {
    /// The referral's number.
    pub id: i64,
    /// The friend's name, or the customer's address.
    pub referred: String,
    pub referrer: String,
    pub credit: Money,
    /// What was seen, in sentences.
    pub seen: Vec<String>,
    /// Since when it waits: `Nov 22, 2026, 2:05 PM EST`.
    pub since: String,
}

/// The credits of one program that are under review, the oldest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewsPage {
    pub rows: Vec<ReviewRow>,
    /// There are more than are shown.
    pub more: bool,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewPage {
    pub program: Program,
    pub id: i64,
    pub referred: String,
    /// `None` if it is not under review any more.
    pub waiting: Option<ReviewRow>,
}
