//! Moving credits from a customer that is no longer the holder's to the present one.

use crate::money::Money;

/// How much of each of these credits can be moved, oldest first, where the customer's balance is
/// `balance`: what was spent from there meanwhile cannot.
pub fn movable(credits: &[Money], balance: Money) -> Vec<Money> {
    let mut left = balance.cents().max(0);
    let one = |credit: &Money| {
        let of_balance = credit.currency() == balance.currency();
        let cents = match of_balance {
            true => credit.cents().clamp(0, left),
            false => 0,
        };
        left -= cents;
        Money::new(cents, credit.currency())
    };
    credits.iter().map(one).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    #[test]
    fn what_was_spent_cannot_be_moved() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        let credits = [usd(5000), usd(5000), Money::new(900, Currency::Eur)];
        let moved = |balance| {
            movable(&credits, usd(balance))
                .into_iter()
                .map(Money::cents)
        };
        assert_eq!(moved(20_000).collect::<Vec<_>>(), [5000, 5000, 0]);
        assert_eq!(moved(7000).collect::<Vec<_>>(), [5000, 2000, 0]);
        assert_eq!(moved(0).sum::<i64>(), 0);
        assert_eq!(moved(-300).sum::<i64>(), 0);
    }

    proptest! {
        #[test]
        fn never_more_than_there_is(
            credits in prop::collection::vec(1_i64..10_000, 0..6),
            balance in -5_000_i64..30_000,
        ) {
            let usd = |cents: &i64| Money::new(*cents, Currency::Usd);
            let rows: Vec<_> = credits.iter().map(usd).collect();
            let moved = movable(&rows, usd(&balance));
            let sum: i64 = moved.iter().map(|one| one.cents()).sum();
            prop_assert_eq!(sum, credits.iter().sum::<i64>().min(balance.max(0)));
            for (one, of) in moved.iter().zip(&credits) {
                prop_assert!((0..=*of).contains(&one.cents()));
            }
        }
    }
}
