//! The "Refer a Friend" card.

use domain::{credit::MemberBalance, money::Money, referral::ReferralStatus};
use serde::{Deserialize, Serialize};

/// The content of the card. There is no card while the program is off.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReferralCard {
    /// What a new referral earns.
    pub reward: Money,
    /// `https://detroitarms.com?ref=ab3kx7mn`; `None` until "Get My Referral Link" is clicked.
    pub link: Option<String>,
    /// The member's referrals, newest first.
    pub referrals: Vec<ReferralLine>,
    /// The member's Stripe customer balance.
    pub balance: MemberBalance,
}

impl ReferralCard {
    /// The sentence about what a referral earns.
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
    pub id: i64,
    /// First name and initial of the friend: `Jane D.`
    pub friend: String,
    pub status: ReferralStatus,
    /// Why a Failed referral failed, or what of a Credited one was taken back.
    pub reason: Option<String>,
    /// The amount credited.
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
