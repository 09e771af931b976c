//! The "Refer a Friend" card.

use domain::{credit::MemberBalance, money::Money};
use serde::{Deserialize, Serialize};

use super::{Friend, FriendTotals, ShareLinks};

/// The content of the card. There is no card while the program is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCard {
    /// The sentence about what a new referral earns, and when.
    pub offer: String,
    /// What a new referral earns.
    pub reward: Money,
    /// The member's link and the ways to share it; `None` until the member has asked for it.
    pub share: Option<ShareLinks>,
    /// The newest friends, newest first.
    pub friends: Vec<Friend>,
    /// About all of them.
    pub totals: FriendTotals,
    /// The member's Stripe customer balance.
    pub balance: MemberBalance,
}
