//! The idempotency keys of ledger rows.

use crate::credit::{Program, ReturnCause};

/// The idempotency key of a credit. Each referral has one key, and the ledger's unique constraint
/// on the key makes a second credit impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditKey(String);

/// What the key of a debit begins with.
const DEBIT: &str = "credit:spent:";
/// What the key of a reversal begins with.
const REVERSAL: &str = "credit:reversed:";
/// What the key of a move begins with.
const MOVED_OUT: &str = "credit:moved_out:";
/// The longest key of a move, so that Stripe's 255 characters have room for a return's prefix and a
/// generation.
const LONGEST: usize = 220;

impl CreditKey {
    /// The key of the credit that a member's referral earns. It contains the referral's random
    /// token and not its row number: a database restored from a backup assigns row numbers again,
    /// and under a reused key Stripe would answer with another member's credit.
    pub fn of_referral(token: &str) -> Self {
        Self(format!("credit:{}:{token}", Program::Tenant.code()))
    }

    /// The key of the credit that a platform subscription earns. It contains the id of the Checkout
    /// session (`cs_…`), which is the same for every copy of the database that receives its events.
    pub fn of_checkout_session(session_id: &str) -> Self {
        Self(format!("credit:{}:{session_id}", Program::Platform.code()))
    }

    /// The key of the debit under this random token, which a purchase paid with credit gets.
    pub fn of_debit(token: &str) -> Self {
        Self(format!("{DEBIT}{token}"))
    }

    /// The key of the return of the debit with this key; `None` if it is no debit's.
    pub fn of_return(&self, cause: ReturnCause) -> Option<Self> {
        let token = self.0.strip_prefix(DEBIT)?;
        Some(Self(format!("credit:returned:{token}:{}", cause.code())))
    }

    /// The key of the reversal of the credit with this key; `None` if it is not that of a member's
    /// referral.
    pub fn of_reversal(&self) -> Option<Self> {
        let token = self.0.strip_prefix("credit:tenant:")?;
        Some(Self(format!("{REVERSAL}{token}")))
    }

    /// The key of what goes back of the reversal or the move with this key; `None` if it is neither's.
    pub fn of_restored(&self) -> Option<Self> {
        let reversal = self.0.strip_prefix(REVERSAL);
        let token = reversal.or_else(|| {
            let is_move = self.0.starts_with(MOVED_OUT);
            self.0.strip_prefix("credit:").filter(|_| is_move)
        })?;
        Some(Self(format!("credit:restored:{token}")))
    }

    /// The key of the debit that moves the credit with this key to another customer. `None` if the
    /// key would be too long for Stripe: that credit was moved some twenty times.
    pub fn of_move(&self) -> Option<Self> {
        let rest = self.0.strip_prefix("credit:")?;
        let key = format!("{MOVED_OUT}{rest}");
        (key.len() <= LONGEST).then_some(Self(key))
    }

    /// The key of the credit that arrives by the move with this key; `None` if it is no move's.
    pub fn of_arrival(&self) -> Option<Self> {
        let rest = self.0.strip_prefix(MOVED_OUT)?;
        Some(Self(format!("credit:moved_in:{rest}")))
    }

    /// The key of a change that we did not make, from the id of its balance transaction (`cbtxn_…`). It
    /// is never sent to Stripe.
    pub fn of_observed(transaction: &str) -> Self {
        Self(format!("credit:observed:{transaction}"))
    }

    /// Wraps a key that was read from the ledger.
    pub fn stored(key: String) -> Self {
        Self(key)
    }

    /// The key as the ledger stores it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The idempotency key to send to Stripe. Generation 1 is the ledger's key; later generations
    /// append their number (`…:2`).
    pub fn sent(&self, generation: u32) -> String {
        if generation <= 1 {
            self.0.clone()
        } else {
            format!("{}:{generation}", self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn keys_never_collide(a in "[0-9a-f]{32}", b in "[0-9a-f]{32}", ga in 1_u32..9, gb in 1_u32..9) {
            let (member, referrer) = (CreditKey::of_referral, CreditKey::of_checkout_session);
            for token in [&a, &b] {
                prop_assert_ne!(member(&a).sent(ga), referrer(token).sent(gb));
                prop_assert_ne!(member(&a).sent(ga), CreditKey::of_debit(token).sent(gb));
                for cause in ReturnCause::ALL {
                    let back = CreditKey::of_debit(token).of_return(cause).unwrap();
                    prop_assert_ne!(CreditKey::of_debit(&a).sent(ga), back.sent(gb));
                    prop_assert_eq!(member(&a).of_return(cause), None);
                }
                let reversal = member(token).of_reversal().unwrap();
                let restored = reversal.of_restored().unwrap();
                for other in [member(&a), CreditKey::of_debit(&a), restored.clone()] {
                    prop_assert_ne!(other.sent(ga), reversal.sent(gb));
                }
                prop_assert_ne!(member(&a).sent(ga), restored.sent(gb));
                let moved = member(token).of_move().unwrap();
                let (arrived, rest) = (moved.of_arrival().unwrap(), moved.of_restored().unwrap());
                let again = arrived.of_move().unwrap();
                let others = [member(&a), reversal.clone(), restored.clone(), referrer(token)];
                for key in [&moved, &arrived, &rest, &again, &again.of_arrival().unwrap()] {
                    for other in &others {
                        prop_assert_ne!(other.sent(ga), key.sent(gb));
                    }
                }
                prop_assert_ne!(moved.sent(ga), arrived.sent(gb));
                prop_assert_ne!(arrived.sent(ga), again.sent(gb));
                prop_assert_ne!(moved.sent(ga), rest.sent(gb));
                prop_assert_eq!(member(token).of_arrival(), None);
                prop_assert_eq!(referrer(token).of_reversal(), None);
                prop_assert_eq!(member(token).of_restored(), None);
            }
            let mut key = referrer(&"c".repeat(66));
            while let Some(moved) = key.of_move() {
                prop_assert!(moved.of_restored().unwrap().sent(u32::MAX).len() <= 255);
                key = moved.of_arrival().unwrap();
            }
            if (&a, ga) != (&b, gb) {
                prop_assert_ne!(member(&a).sent(ga), member(&b).sent(gb));
            }
            // The longest id seen on a Checkout session has 66 characters; Stripe allows keys of up
            // to 255.
            prop_assert!(referrer(&"c".repeat(200)).sent(u32::MAX).len() <= 255);
        }
    }
}
