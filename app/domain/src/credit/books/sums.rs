//! What the ledger adds up to: earned, spent, taken back, by hand and by others, and what is outstanding, which
//! is what a tenant owes its members (`docs/rules.md` 148).

use std::collections::BTreeMap;

use crate::{
    credit::CreditKind,
    money::{Currency, Money},
};

/// The sum of one kind of ledger rows that are at Stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BookedSum {
    pub kind: CreditKind,
    /// Above zero in the customers' favor.
    pub amount: Money,
}

/// The totals in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BooksTotals {
    /// What referrals earned.
    pub earned: Money,
    /// What purchases took, without what went back.
    pub spent: Money,
    /// What was taken back of what was earned, without what was restored.
    pub taken_back: Money,
    /// What staff gave, without what it took.
    pub by_hand: Money,
    /// What others gave, without what they took, as in Stripe's dashboard and by invoices.
    pub by_others: Money,
    /// What the customers have: earned, by hand and by others, without spent and taken back.
    pub outstanding: Money,
}

/// The totals of each currency that has any rows, in the order of [`Currency::ALL`].
pub fn totals(sums: &[BookedSum]) -> Vec<BooksTotals> {
    let mut of_kind: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
    for sum in sums {
        let kinds = of_kind.entry(sum.amount.currency().code()).or_default();
        let cents = kinds.entry(sum.kind.code()).or_default();
        *cents = cents.saturating_add(sum.amount.cents());
    }
    let currencies = Currency::ALL.into_iter();
    currencies
        .filter_map(|currency| Some(of_currency(currency, of_kind.get(currency.code())?)))
        .collect()
}

fn of_currency(currency: Currency, of_kind: &BTreeMap<&str, i64>) -> BooksTotals {
    let sum = |kinds: &[CreditKind]| -> i64 {
        let found = kinds.iter().filter_map(|kind| of_kind.get(kind.code()));
        found.fold(0, |sum, cents| sum.saturating_add(*cents))
    };
    let money = |cents: i64| Money::new(cents, currency);
    // What moves from one customer to another stays with its holder, so both rows cancel out, and what is
    // on its way counts as taken back.
    let taken = sum(&[
        CreditKind::Reversed,
        CreditKind::Restored,
        CreditKind::MovedOut,
        CreditKind::MovedIn,
    ]);
    BooksTotals {
        earned: money(sum(&[CreditKind::Earned])),
        spent: money(sum(&[CreditKind::Spent, CreditKind::Returned]).saturating_neg()),
        taken_back: money(taken.saturating_neg()),
        by_hand: money(sum(&[CreditKind::Granted, CreditKind::Corrected])),
        by_others: money(sum(&[CreditKind::Observed])),
        outstanding: money(sum(&CreditKind::ALL)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_sum() -> impl Strategy<Value = BookedSum> {
        let kinds = proptest::sample::select(CreditKind::ALL.to_vec());
        let currencies = proptest::sample::select(Currency::ALL.to_vec());
        (kinds, currencies, -1_000_000_i64..1_000_000).prop_map(|(kind, currency, cents)| {
            BookedSum {
                kind,
                amount: Money::new(cents, currency),
            }
        })
    }

    proptest! {
        #[test]
        fn what_is_outstanding_is_the_sum_of_the_ledger(
            sums in proptest::collection::vec(any_sum(), 0..40)
        ) {
            for total in totals(&sums) {
                let currency = total.outstanding.currency();
                let rows = sums.iter().filter(|sum| sum.amount.currency() == currency);
                let ledger: i64 = rows.map(|sum| sum.amount.cents()).sum();
                prop_assert_eq!(total.outstanding.cents(), ledger);
                let parts = total.earned.cents() - total.spent.cents() - total.taken_back.cents()
                    + total.by_hand.cents()
                    + total.by_others.cents();
                prop_assert_eq!(parts, ledger);
            }
        }
    }

    #[test]
    fn what_went_back_was_not_spent() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        let sum = |kind, cents| BookedSum {
            kind,
            amount: usd(cents),
        };
        let found = totals(&[
            sum(CreditKind::Earned, 5000),
            sum(CreditKind::Spent, -2000),
            sum(CreditKind::Returned, 500),
            sum(CreditKind::Reversed, -1000),
            sum(CreditKind::Restored, 300),
            sum(CreditKind::Granted, 200),
            sum(CreditKind::Observed, -100),
        ]);
        let total = found.first().unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!(total.earned, usd(5000));
        assert_eq!(total.spent, usd(1500));
        assert_eq!(total.taken_back, usd(700));
        assert_eq!(total.by_hand, usd(200));
        assert_eq!(total.by_others, usd(-100));
        assert_eq!(total.outstanding, usd(2900));
    }
}
