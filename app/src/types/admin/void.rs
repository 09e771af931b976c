//! Voiding a referral.

use domain::{credit::Program, money::Money, referral::NotVoided};

/// What voiding a referral does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoidPage {
    pub program: Program,
    pub id: i64,
    /// The friend's name, or the customer's address.
    pub referred: String,
    pub referrer: String,
    /// What it earned and would be taken back; `None` if it earned nothing yet.
    pub credit: Option<Money>,
    /// Why it cannot be voided.
    pub refused: Option<NotVoided>,
}
