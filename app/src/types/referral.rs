//! The "Refer a Friend" card.

use domain::{Money, ReferralStatus};
use serde::{Deserialize, Serialize};

/// Everything on the card. With the program switched off there is no card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCard {
    /// What one referral earns now.
    pub reward: Money,
    /// `https://detroitarms.com?ref=ab3kx7mn`; `None` until "Get My Referral Link" is clicked.
    pub link: Option<String>,
    /// The member's referrals, newest first.
    pub referrals: Vec<ReferralLine>,
    /// Credit on the member's Stripe balance.
    pub balance: Balance,
}

/// One referral as its referrer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralLine {
    /// Our id.
    pub id: i64,
    /// First name and initial of the friend: `Jane D.`
    pub friend: String,
    /// Pending, Credited or Failed.
    pub status: ReferralStatus,
    /// Beside Failed: what went wrong, in words for the member.
    pub reason: Option<String>,
    /// What was credited.
    pub credit: Option<Money>,
    /// `November 22, 2026`, when the friend joined.
    pub joined_on: String,
}

/// The credit on the Stripe balance of a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Balance {
    /// Nothing was ever credited.
    Empty,
    /// Credit as Stripe has it (positive: in the member's favour).
    Credit(Money),
    /// Stripe did not answer; this is what it said last.
    LastKnown(Money),
    /// The site has no Stripe account.
    NotConnected,
}
