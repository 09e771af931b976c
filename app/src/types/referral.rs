//! The "Refer a Friend" card.

use domain::{credit::MemberBalance, money::Money, referral::ReferralStatus};
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
    pub balance: MemberBalance,
}

impl ReferralCard {
    /// What a referral is worth, as the card says it.
    pub fn reward_line(&self) -> String {
        format!(
            "Give your link to a friend. When they make their first purchase, you earn {}.",
            self.reward
        )
    }
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

#[cfg(test)]
mod tests {
    use domain::{credit::Balance, money::Currency};

    use super::*;

    const TEN: Money = Money::new(1000, Currency::Usd);

    #[test]
    fn the_reward_is_the_amount_of_now() {
        let card = ReferralCard {
            reward: TEN,
            link: None,
            referrals: Vec::new(),
            balance: MemberBalance {
                now: Balance::Empty,
                former: Vec::new(),
            },
        };
        assert_eq!(
            card.reward_line(),
            "Give your link to a friend. When they make their first purchase, you earn $10.00."
        );
    }
}
