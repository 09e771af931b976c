//! The "Refer a Friend" card.

use domain::{credit::MemberBalance, money::Money, referral::ReferralStatus};
use serde::{Deserialize, Serialize};

/// The content of the card. There is no card while the program is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCard {
    /// The sentence about what a new referral earns, and when.
    pub offer: String,
    /// `https://detroitarms.com?ref=ab3kx7mn`; `None` until "Get My Referral Link" is clicked.
    pub link: Option<String>,
    /// The member's referrals, newest first.
    pub referrals: Vec<ReferralLine>,
    /// The member's Stripe customer balance.
    pub balance: MemberBalance,
}

/// One referral as its referrer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralLine {
    pub id: i64,
    /// First name and initial of the friend: `Jane D.`
    pub friend: String,
    pub status: ReferralStatus,
    /// Why a Pending referral is so, why a Failed one failed, or what of a Credited one was taken back.
    pub reason: Option<String>,
    /// The amount credited.
    pub credit: Option<Money>,
    /// `November 22, 2026`, when the friend joined.
    pub joined_on: String,
}
