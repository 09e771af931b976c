//! Holds the entries of one customer at Stripe against the ledger (`docs/rules.md` 149).

use std::collections::HashSet;

use super::{Difference, DifferenceState};
use crate::{
    credit::{CreditKey, CreditState, KeyedChange, lost_debits},
    money::Money,
};

/// A change that the ledger counts as being at Stripe. It was read before Stripe was asked, so that what
/// is posted meanwhile is not missed there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    pub key: CreditKey,
    /// `cbtxn_…`; `None` if it was not recorded.
    pub transaction: Option<String>,
    /// Above zero in the customer's favor.
    pub amount: Money,
}

/// A balance transaction that Stripe has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtStripe {
    /// `cbtxn_…`.
    pub transaction: String,
    /// Our key, if we posted it.
    pub key: Option<CreditKey>,
    /// Above zero in the customer's favor.
    pub amount: Money,
    /// Seconds since the epoch.
    pub created: i64,
}

/// One difference of a customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: Difference,
    /// What names it for good: the key of ours, or `cbtxn_…` of what others did.
    pub reference: String,
    /// Above zero in the customer's favor.
    pub amount: Money,
}

/// The differences of one customer. `state_of` tells the state of the ledger's row under a key, whatever it
/// is, as read after Stripe had answered; `None` if there is none.
pub fn compare(
    ledger: &[Booked],
    stripe: &[AtStripe],
    state_of: impl Fn(&CreditKey) -> Option<CreditState>,
) -> Vec<Finding> {
    let of_ours = not_at_stripe(ledger, stripe);
    let of_others = stripe.iter().filter_map(|one| by_others(one, &state_of));
    let lost = not_in_ledger(stripe, &state_of);
    of_ours.into_iter().chain(of_others).chain(lost).collect()
}

/// Whether any of these waits for a person.
pub fn opened_by(findings: &[Finding]) -> bool {
    let mut states = findings.iter().map(|one| one.kind.state());
    states.any(|state| state == DifferenceState::Open)
}

fn not_at_stripe(ledger: &[Booked], stripe: &[AtStripe]) -> Vec<Finding> {
    let keys: HashSet<_> = stripe
        .iter()
        .filter_map(|one| one.key.as_ref().map(CreditKey::as_str))
        .collect();
    let transactions: HashSet<_> = stripe.iter().map(|one| one.transaction.as_str()).collect();
    let is_there = |row: &&Booked| {
        let transaction = row.transaction.as_deref();
        keys.contains(row.key.as_str()) || transaction.is_some_and(|id| transactions.contains(id))
    };
    let missing = ledger.iter().filter(|row| !is_there(row));
    missing
        .map(|row| Finding {
            kind: Difference::NotAtStripe,
            reference: row.key.as_str().to_owned(),
            amount: row.amount,
        })
        .collect()
}

fn by_others(
    one: &AtStripe,
    state_of: impl Fn(&CreditKey) -> Option<CreditState>,
) -> Option<Finding> {
    let observed = CreditKey::of_observed(&one.transaction);
    if one.key.is_some() || state_of(&observed).is_some() {
        return None;
    }
    let kind = match one.amount.is_positive() {
        true => Difference::Added,
        false => Difference::Taken,
    };
    Some(Finding {
        kind,
        reference: one.transaction.clone(),
        amount: one.amount,
    })
}

fn not_in_ledger(
    stripe: &[AtStripe],
    state_of: &impl Fn(&CreditKey) -> Option<CreditState>,
) -> Vec<Finding> {
    let keyed = stripe.iter().filter_map(|one| {
        let key = one.key.clone()?;
        Some(KeyedChange {
            key,
            amount: one.amount,
            created: one.created,
        })
    });
    let keyed: Vec<_> = keyed.collect();
    let is_known = |key: &CreditKey| state_of(key).is_some();
    let left = lost_debits(&keyed, is_known);
    let mut findings = Vec::new();
    for change in &keyed {
        let (kind, amount) = match state_of(&change.key) {
            Some(CreditState::Failed) => (Difference::CountedAsFailed, change.amount),
            Some(CreditState::Due | CreditState::Issued) => continue,
            // What is left of a debit that is lost says what its returns did.
            None if is_lost_return(change, &keyed) => continue,
            None if change.amount.is_positive() => (Difference::NotInLedger, change.amount),
            None => {
                let Some(debit) = left.iter().find(|debit| debit.key == change.key) else {
                    continue;
                };
                let amount = Money::new(-debit.left.cents(), debit.left.currency());
                (Difference::NotInLedger, amount)
            }
        };
        findings.push(Finding {
            kind,
            reference: change.key.as_str().to_owned(),
            amount,
        });
    }
    findings
}

/// Whether a change is the return of a debit that Stripe has too.
fn is_lost_return(change: &KeyedChange, all: &[KeyedChange]) -> bool {
    all.iter().any(|debit| change.key.is_return_of(&debit.key))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{credit::ReturnCause, money::Currency};

    const fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    fn booked(key: CreditKey, transaction: &str, cents: i64) -> Booked {
        Booked {
            key,
            transaction: Some(transaction.to_owned()),
            amount: usd(cents),
        }
    }

    fn at_stripe(key: Option<CreditKey>, transaction: &str, cents: i64) -> AtStripe {
        AtStripe {
            transaction: transaction.to_owned(),
            key,
            amount: usd(cents),
            created: 1_700_000_000,
        }
    }

    fn kinds(findings: &[Finding]) -> Vec<(Difference, i64)> {
        findings
            .iter()
            .map(|one| (one.kind, one.amount.cents()))
            .collect()
    }

    #[test]
    fn what_both_have_is_no_difference() {
        let key = CreditKey::of_referral("a");
        let ledger = [booked(key.clone(), "cbtxn_1", 1000)];
        let stripe = [at_stripe(Some(key), "cbtxn_1", 1000)];
        let found = compare(&ledger, &stripe, |_| Some(CreditState::Issued));
        assert_eq!(found, []);
    }

    #[test]
    fn what_is_on_its_way_is_no_difference() {
        let stripe = [at_stripe(
            Some(CreditKey::of_referral("a")),
            "cbtxn_1",
            1000,
        )];
        let found = compare(&[], &stripe, |_| Some(CreditState::Due));
        assert_eq!(found, []);
    }

    #[test]
    fn what_others_did_is_told_once() {
        let stripe = [
            at_stripe(None, "cbtxn_1", 500),
            at_stripe(None, "cbtxn_2", -300),
        ];
        let found = compare(&[], &stripe, |_| None);
        assert_eq!(
            kinds(&found),
            [(Difference::Added, 500), (Difference::Taken, -300)]
        );
        assert!(!opened_by(&found));
        let observed = compare(&[], &stripe, |_| Some(CreditState::Issued));
        assert_eq!(observed, []);
    }

    #[test]
    fn what_stripe_lost_waits_for_a_person() {
        let ledger = [booked(CreditKey::of_referral("a"), "cbtxn_1", 1000)];
        let found = compare(&ledger, &[], |_| Some(CreditState::Issued));
        assert_eq!(kinds(&found), [(Difference::NotAtStripe, 1000)]);
        assert!(opened_by(&found));
    }

    #[test]
    fn what_the_ledger_lost_waits_until_it_is_returned() {
        let (earned, debit) = (CreditKey::of_referral("a"), CreditKey::of_debit("b"));
        let stripe = [
            at_stripe(Some(earned), "cbtxn_1", 1000),
            at_stripe(Some(debit.clone()), "cbtxn_2", -700),
        ];
        let found = compare(&[], &stripe, |_| None);
        assert_eq!(
            kinds(&found),
            [
                (Difference::NotInLedger, 1000),
                (Difference::NotInLedger, -700)
            ]
        );
        let back = debit.of_return(ReturnCause::NotPaid).unwrap();
        let returned = compare(&[], &stripe[1..], |key| {
            (*key == back).then_some(CreditState::Due)
        });
        assert_eq!(returned, []);
        let both = [
            at_stripe(Some(debit), "cbtxn_2", -700),
            at_stripe(Some(back), "cbtxn_3", 700),
        ];
        assert_eq!(compare(&[], &both, |_| None), []);
    }

    #[test]
    fn what_counts_as_failed_and_is_there_waits_for_a_person() {
        let stripe = [at_stripe(
            Some(CreditKey::of_referral("a")),
            "cbtxn_1",
            1000,
        )];
        let found = compare(&[], &stripe, |_| Some(CreditState::Failed));
        assert_eq!(kinds(&found), [(Difference::CountedAsFailed, 1000)]);
    }
}
