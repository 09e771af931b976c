//! Debits that Stripe has and the ledger does not know, as after a backup was restored
//! (`docs/rules.md` 55).

use crate::{
    credit::{CreditKey, ReturnCause},
    money::Money,
};

/// A change of a balance at Stripe that carries a key of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyedChange {
    pub key: CreditKey,
    /// Above zero in the customer's favor.
    pub amount: Money,
    /// Seconds since the epoch.
    pub created: i64,
}

/// A debit that no purchase of ours explains, and what of it is not returned yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LostDebit {
    pub key: CreditKey,
    pub left: Money,
    /// When Stripe made the debit, in seconds since the epoch.
    pub created: i64,
}

/// The debits that can be returned. `is_known` says whether the ledger has a row under a key: a return
/// that is on its way has one before Stripe does.
pub fn lost_debits(
    changes: &[KeyedChange],
    is_known: impl Fn(&CreditKey) -> bool,
) -> Vec<LostDebit> {
    let mut lost = Vec::new();
    for change in changes {
        let expected: Vec<_> = ReturnCause::ALL
            .into_iter()
            .filter_map(|cause| change.key.of_return(cause))
            .collect();
        let returns = changes.iter();
        let returns = returns.filter(|other| other.key.is_return_of(&change.key));
        let is_returned = |key: &CreditKey| is_known(key);
        let at_stripe = returns.clone().map(|other| &other.key);
        // Only the key of a debit has returns.
        if expected.is_empty()
            || is_known(&change.key)
            || expected.iter().chain(at_stripe).any(is_returned)
        {
            continue;
        }
        let returned: i64 = returns.map(|other| other.amount.cents()).sum();
        let left = Money::new(-change.amount.cents() - returned, change.amount.currency());
        if left.is_positive() {
            lost.push(LostDebit {
                key: change.key.clone(),
                left,
                created: change.created,
            });
        }
    }
    lost
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    fn change(key: CreditKey, cents: i64) -> KeyedChange {
        KeyedChange {
            key,
            amount: Money::new(cents, Currency::Usd),
            created: 1_700_000_000,
        }
    }

    fn left(changes: &[KeyedChange], known: &[CreditKey]) -> Vec<i64> {
        let lost = lost_debits(changes, |key| known.contains(key));
        lost.iter().map(|debit| debit.left.cents()).collect()
    }

    #[test]
    fn only_what_the_ledger_does_not_know_is_lost() {
        let (debit, earned) = (CreditKey::of_debit("a"), CreditKey::of_referral("a"));
        let changes = [change(debit.clone(), -2000), change(earned, 1000)];
        assert_eq!(left(&changes, &[]), [2000], "a credit is no debit");
        assert_eq!(left(&changes, &[debit]), [0; 0]);
    }

    #[test]
    fn what_went_back_is_not_returned_again() {
        let debit = CreditKey::of_debit("a");
        let back = debit.of_return(ReturnCause::Overdraft).unwrap();
        let other = CreditKey::of_debit("b")
            .of_return(ReturnCause::NotPaid)
            .unwrap();
        let changes = |cents| {
            let debit = change(debit.clone(), -2000);
            [
                debit,
                change(back.clone(), cents),
                change(other.clone(), 700),
            ]
        };
        assert_eq!(left(&changes(500), &[]), [1500]);
        assert_eq!(left(&changes(2000), &[]), [0; 0]);
    }

    #[test]
    fn what_a_refund_returned_is_not_returned_again() {
        let debit = CreditKey::of_debit("a");
        let refund = |token| debit.of_refund(token).unwrap();
        let changes = [
            change(debit.clone(), -2000),
            change(refund("r1"), 500),
            change(refund("r2"), 700),
        ];
        assert_eq!(left(&changes, &[]), [800]);
        assert_eq!(left(&changes, &[refund("r2")]), [0; 0]);
    }

    #[test]
    fn a_return_on_its_way_is_enough() {
        let debit = CreditKey::of_debit("a");
        let back = debit.of_return(ReturnCause::NotPaid).unwrap();
        assert_eq!(left(&[change(debit, -2000)], &[back]), [0; 0]);
    }
}
