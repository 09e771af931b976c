//! Credits: which program owes one, when it is due, and its idempotency key. Both programs end here;
//! how a credit gets to Stripe is in `issuing`.

use serde::{Deserialize, Serialize};

use crate::Money;

/// Which of the two programs a credit belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// A member referred a friend.
    Tenant,
    /// A partner referred a subscriber.
    Platform,
}

impl Program {
    /// The word in the database and in Stripe's metadata.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Platform => "platform",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Tenant, Self::Platform]
            .into_iter()
            .find(|program| program.code() == code)
    }

    /// What Stripe shows, to the letter of the guide.
    pub fn description(self) -> &'static str {
        match self {
            Self::Tenant => "Referral credit",
            Self::Platform => "Platform referral credit",
        }
    }
}

/// The idempotency key of a credit. One referral, one key, so the ledger's unique key is what
/// makes a second credit impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditKey(String);

impl CreditKey {
    /// The key of the credit that a member's referral earns: by its random token, which it has from
    /// registration on. A database that is restored from a backup gives the numbers of its rows once
    /// more, and Stripe would answer with somebody else's credit.
    pub fn of_referral(token: &str) -> Self {
        Self(format!("credit:{}:{token}", Program::Tenant.code()))
    }

    /// The key of the credit that a subscription earns: by the id of its Checkout session (`cs_…`),
    /// which is the same for every copy of the database that hears of it.
    pub fn of_checkout_session(session_id: &str) -> Self {
        Self(format!("credit:{}:{session_id}", Program::Platform.code()))
    }

    /// Reads a stored key back.
    pub fn stored(key: String) -> Self {
        Self(key)
    }

    /// The key as stored in the ledger.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key as sent to Stripe: the first is the ledger's own, later ones count (`…:2`).
    pub fn sent(&self, generation: u32) -> String {
        if generation <= 1 {
            self.0.clone()
        } else {
            format!("{}:{generation}", self.0)
        }
    }
}

/// What a purchase that counts means for the buyer's referrer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The amount is 0: "pending referrals won't earn credits" (the guide); it stays Pending.
    ProgramOff,
    /// The buyer has no Pending referral: not referred, or credited before.
    NoPendingReferral,
    /// The referrer is owed this much.
    Due(Money),
}

/// Decides about a purchase that counts; `amount` is the setting as it is now, at processing
/// ("The credit amount is read at the time of purchase processing", the guide).
pub fn decide(amount: Money, referral_is_pending: bool) -> Decision {
    match (amount.is_positive(), referral_is_pending) {
        (_, false) => Decision::NoPendingReferral,
        (false, true) => Decision::ProgramOff,
        (true, true) => Decision::Due(amount),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::Currency;

    #[test]
    fn off_means_off_and_once_means_once() {
        let ten = Money::new(1000, Currency::Usd);
        assert_eq!(decide(ten, true), Decision::Due(ten));
        assert_eq!(decide(ten, false), Decision::NoPendingReferral);
        assert_eq!(
            decide(Money::new(0, Currency::Usd), true),
            Decision::ProgramOff
        );
        assert_eq!(
            decide(Money::new(-1, Currency::Usd), true),
            Decision::ProgramOff
        );
    }

    #[test]
    fn descriptions_are_the_guides() {
        assert_eq!(Program::Tenant.description(), "Referral credit");
        assert_eq!(Program::Platform.description(), "Platform referral credit");
    }

    proptest! {
        #[test]
        fn keys_never_collide(a in "[0-9a-f]{32}", b in "[0-9a-f]{32}", ga in 1_u32..9, gb in 1_u32..9) {
            let (member, partner) = (CreditKey::of_referral, CreditKey::of_checkout_session);
            for token in [&a, &b] {
                prop_assert_ne!(member(&a).sent(ga), partner(token).sent(gb));
            }
            if (&a, ga) != (&b, gb) {
                prop_assert_ne!(member(&a).sent(ga), member(&b).sent(gb));
            }
            // The longest id that Stripe has been seen to give a session is 66 characters.
            prop_assert!(partner(&"c".repeat(200)).sent(u32::MAX).len() <= 255);
        }
    }
}
