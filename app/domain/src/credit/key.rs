//! The idempotency keys of ledger rows.

use crate::credit::{Program, ReturnCause};

/// The idempotency key of a credit. Each referral has one key, and the ledger's unique constraint
/// on the key makes a second credit impossible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditKey(String);

/// What the key of a debit begins with.
const DEBIT: &str = "credit:spent:";
/// What the key of a return begins with.
const RETURN: &str = "credit:returned:";
/// What the key of a reversal begins with.
const REVERSAL: &str = "credit:reversed:";
/// What the key of what goes back of a reversal begins with.
const RESTORED: &str = "credit:restored:";
/// What the key of credit that staff took begins with.
const CORRECTED: &str = "credit:corrected:";
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

    /// The key of the return of the debit with this key; `None` if it is no debit's, or if each refund
    /// has a return of its own.
    pub fn of_return(&self, cause: ReturnCause) -> Option<Self> {
        let token = self.0.strip_prefix(DEBIT)?;
        let key = || Self(format!("{RETURN}{token}:{}", cause.code()));
        (cause != ReturnCause::Refunded).then(key)
    }

    /// The key of what the refund with this random token returns of the debit with this key; `None` if it
    /// is no debit's.
    pub fn of_refund(&self, refund: &str) -> Option<Self> {
        let token = self.0.strip_prefix(DEBIT)?;
        let cause = ReturnCause::Refunded.code();
        Some(Self(format!("{RETURN}{token}:{cause}:{refund}")))
    }

    /// The key of what the refund with this random token returns of a balance that Stripe had applied to
    /// an invoice.
    pub fn of_refunded_invoice(refund: &str) -> Self {
        Self(format!("credit:refunded:{refund}"))
    }

    /// Whether this is the key of a return of `debit`, for whatever cause.
    pub fn is_return_of(&self, debit: &Self) -> bool {
        let returns = debit.0.strip_prefix(DEBIT);
        returns.is_some_and(|token| self.0.starts_with(&format!("{RETURN}{token}:")))
    }

    /// The key of the `step`th reversal or restoring, from 1, of the credit with this key as a reversal;
    /// `None` if a referral did not earn it.
    pub fn of_reversal(&self, step: usize) -> Option<Self> {
        Some(Self(format!("{REVERSAL}{}", self.step(step)?)))
    }

    /// The key of that step as a restoring: the cause of a reversal is gone.
    pub fn of_restoring(&self, step: usize) -> Option<Self> {
        Some(Self(format!("{RESTORED}{}", self.step(step)?)))
    }

    fn step(&self, step: usize) -> Option<String> {
        let member = self.0.strip_prefix("credit:tenant:");
        let referrer = || {
            let is_referrers = self.0.starts_with("credit:platform:");
            self.0.strip_prefix("credit:").filter(|_| is_referrers)
        };
        let token = member.or_else(referrer)?;
        Some(match step {
            0 | 1 => token.to_owned(),
            later => format!("{token}:r{later}"),
        })
    }

    /// The key of the credit that staff gave with the form of this random token.
    pub fn of_grant(token: &str) -> Self {
        Self(format!("credit:granted:{token}"))
    }

    /// The key of the debit that staff made with the form of this random token.
    pub fn of_correction(token: &str) -> Self {
        Self(format!("{CORRECTED}{token}"))
    }

    /// The key of what goes back of the reversal, the correction or the move with this key; `None` if
    /// it is none of them.
    pub fn of_restored(&self) -> Option<Self> {
        let reversal = self.0.strip_prefix(REVERSAL);
        let token = reversal.or_else(|| {
            let is_other = [MOVED_OUT, CORRECTED]
                .iter()
                .any(|of| self.0.starts_with(of));
            self.0.strip_prefix("credit:").filter(|_| is_other)
        })?;
        Some(Self(format!("{RESTORED}{token}")))
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

    #[test]
    fn each_step_of_a_reversal_has_a_key_of_its_own() {
        for credit in [
            CreditKey::of_referral("a"),
            CreditKey::of_checkout_session("cs_1"),
        ] {
            let mut sent = Vec::new();
            for step in 1..6 {
                let reversal = credit.of_reversal(step).unwrap();
                // A step is a reversal, of which a part may go back, or a restoring.
                let back = reversal.of_restored();
                assert_eq!(back, credit.of_restoring(step));
                for key in [reversal, back.unwrap()] {
                    sent.extend([1, 2, 3].map(|generation| key.sent(generation)));
                }
            }
            let many = sent.len();
            sent.sort();
            sent.dedup();
            assert_eq!(sent.len(), many);
        }
        let first = CreditKey::of_referral("a").of_reversal(1).unwrap();
        assert_eq!(first.as_str(), "credit:reversed:a", "as it ever was");
    }

    #[test]
    fn each_refund_returns_credit_under_a_key_of_its_own() {
        let debit = CreditKey::of_debit("a");
        let (one, two) = (debit.of_refund("r1"), debit.of_refund("r2"));
        assert_ne!(one, two);
        assert_eq!(debit.of_return(ReturnCause::Refunded), None);
        let longer = CreditKey::of_debit("ab");
        assert!(!one.unwrap().is_return_of(&longer));
    }

    proptest! {
        #[test]
        fn keys_never_collide(a in "[0-9a-f]{32}", b in "[0-9a-f]{32}", ga in 1_u32..9, gb in 1_u32..9) {
            let (member, referrer) = (CreditKey::of_referral, CreditKey::of_checkout_session);
            for token in [&a, &b] {
                prop_assert_ne!(member(&a).sent(ga), referrer(token).sent(gb));
                prop_assert_ne!(member(&a).sent(ga), CreditKey::of_debit(token).sent(gb));
                for cause in ReturnCause::ALL {
                    prop_assert_eq!(member(&a).of_return(cause), None);
                    let debit = CreditKey::of_debit(token);
                    let refund = || debit.of_refund(&b).unwrap();
                    let back = debit.of_return(cause).unwrap_or_else(refund);
                    prop_assert_ne!(CreditKey::of_debit(&a).sent(ga), back.sent(gb));
                    prop_assert!(back.is_return_of(&debit) && !debit.is_return_of(&back));
                    prop_assert!(!back.is_return_of(&member(token)));
                }
                let reversal = member(token).of_reversal(1).unwrap();
                let restored = reversal.of_restored().unwrap();
                for other in [member(&a), CreditKey::of_debit(&a), restored.clone()] {
                    prop_assert_ne!(other.sent(ga), reversal.sent(gb));
                }
                let (given, taken) = (CreditKey::of_grant(token), CreditKey::of_correction(token));
                let back = taken.of_restored().unwrap();
                for other in [member(&a), CreditKey::of_debit(&a), reversal.clone(), restored.clone()] {
                    for key in [&given, &taken, &back] {
                        prop_assert_ne!(other.sent(ga), key.sent(gb));
                    }
                }
                prop_assert_ne!(given.sent(ga), taken.sent(gb));
                prop_assert_eq!(given.of_restored(), None);
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
                let theirs = referrer(token).of_reversal(1).unwrap();
                prop_assert_ne!(theirs.sent(ga), reversal.sent(gb));
                prop_assert_ne!(theirs.of_restored(), reversal.of_restored());
                prop_assert_eq!(CreditKey::of_debit(token).of_reversal(1), None);
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
