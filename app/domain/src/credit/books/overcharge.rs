//! What an invoice charged because a debit of ours had taken the balance below zero (`docs/rules.md` 160).

use crate::money::Money;

/// How much is to be refunded to the customer: what invoices took of the debt between the debit and its
/// correction, and at most what the correction gave back. `None` if no invoice did.
///
/// `restored` is what the correction gave back; `applied` are the changes by invoices in between, above zero
/// where one charged a debt. Amounts in other currencies do not count.
pub fn overcharged(restored: Money, applied: &[Money]) -> Option<Money> {
    let charged = applied
        .iter()
        .filter(|one| one.currency() == restored.currency() && one.is_positive())
        .fold(0_i64, |sum, one| sum.saturating_add(one.cents()));
    let owed = Money::new(charged.min(restored.cents()), restored.currency());
    owed.is_positive().then_some(owed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn only_a_debt_that_an_invoice_charged_is_refunded() {
        let usd = |cents| Money::new(cents, Currency::Usd);
        assert_eq!(overcharged(usd(700), &[]), None);
        assert_eq!(overcharged(usd(700), &[usd(-500)]), None);
        assert_eq!(overcharged(usd(700), &[usd(700)]), Some(usd(700)));
        assert_eq!(overcharged(usd(700), &[usd(500)]), Some(usd(500)));
        assert_eq!(overcharged(usd(700), &[usd(900)]), Some(usd(700)));
        let other = Money::new(700, Currency::Eur);
        assert_eq!(overcharged(usd(700), &[other]), None);
    }
}
