//! The friends whom a member referred.

use domain::money::Money;
use serde::{Deserialize, Serialize};

use super::ReferralLine;

/// The page with all friends whom the member referred.
pub const FRIENDS_PAGE: &str = "/referrals";

/// A friend, and what became of the referral.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Friend {
    pub line: ReferralLine,
    /// `JD`; empty once the account was deleted.
    pub initials: String,
    /// What happened, in its order.
    pub steps: Vec<FriendStep>,
}

/// A step of a referral, in words for its referrer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendStep {
    /// `You earned $10.00`.
    pub words: String,
    /// `November 22, 2026`; empty where there is no date.
    pub on: String,
    /// The same as ISO 8601.
    pub at: String,
}

/// How many friends joined, and what that earned.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FriendTotals {
    pub joined: u64,
    /// What was credited less what was taken back, in each currency.
    pub earned: Vec<Money>,
}

impl FriendTotals {
    /// `$30.00`; `None` if nothing was ever earned.
    pub fn earned(&self) -> Option<String> {
        let earned: Vec<_> = self.earned.iter().map(Money::to_string).collect();
        (!earned.is_empty()).then(|| earned.join(" and "))
    }
}

/// A page of the list of all friends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FriendsPage {
    /// The program is on, so that more friends can be referred.
    pub is_on: bool,
    pub totals: FriendTotals,
    /// What is on the member's balance, in a word: `$10.00`.
    pub available: String,
    /// Newest first.
    pub friends: Vec<Friend>,
    /// Where the page with older ones begins; `None` on the last.
    pub older: Option<i64>,
}
