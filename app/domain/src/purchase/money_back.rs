//! What went back of a purchase, in the words of its buyer (`docs/rules.md` 142).

use crate::money::Money;

/// What went back of what was paid for a purchase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MoneyBack {
    /// To the card, `$35.00`, also in another currency than the price's.
    pub card: Option<String>,
    /// To the member's credit.
    pub credit: Option<Money>,
    /// All that was paid went back.
    pub is_whole: bool,
    /// More is on its way.
    pub pending: bool,
}

impl MoneyBack {
    /// The sentence on the receipt; `None` if nothing went back or is about to.
    pub fn sentence(&self) -> Option<String> {
        let card = self.card.as_ref();
        let went = match (card, self.credit) {
            (Some(card), Some(credit)) => Some(format!(
                "{card} went back to your card, and {credit} to your credit."
            )),
            (Some(card), None) => Some(format!("{card} went back to your card.")),
            (None, Some(credit)) => Some(format!("{credit} went back to your credit.")),
            (None, None) => None,
        };
        match (went, self.pending) {
            (Some(went), true) => Some(format!("{went} More is on its way.")),
            (None, true) => Some("A refund is on its way.".to_owned()),
            (went, false) => went,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

    #[test]
    fn a_receipt_says_where_the_money_went() {
        let ten = Money::new(1000, Currency::Usd);
        let card = || Some("$35.00".to_owned());
        let told = |card, credit, pending| {
            let back = MoneyBack {
                card,
                credit,
                is_whole: false,
                pending,
            };
            back.sentence()
        };
        assert_eq!(told(None, None, false), None);
        let both = told(card(), Some(ten), false).unwrap();
        assert_eq!(
            both,
            "$35.00 went back to your card, and $10.00 to your credit."
        );
        let credit = told(None, Some(ten), false).unwrap();
        assert_eq!(credit, "$10.00 went back to your credit.");
        let more = told(card(), None, true).unwrap();
        assert_eq!(more, "$35.00 went back to your card. More is on its way.");
        let waiting = told(None, None, true).unwrap();
        assert_eq!(waiting, "A refund is on its way.");
    }
}
