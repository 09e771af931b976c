//! What a dashboard says of credit and friends: the "Refer a Friend" card, and the balance.

use domain::{credit::MemberBalance, money::Money};
use serde::{Deserialize, Serialize};

use super::{Friend, FriendTotals, ShareLinks};

/// What follows what happens while a dashboard is open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dashboard {
    /// The member's Stripe customer balance.
    pub balance: MemberBalance,
    /// `None` while the program is off.
    pub card: Option<ReferralCard>,
}

/// The content of the card.
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
}
