//! Whether one purchase of a friend counted, and if not, why not (`docs/rules.md` 194).

use crate::{
    credit::NoCredit,
    purchase::{CreditCheck, PurchaseState},
    referral::PaidPurchase,
};

/// What the buyer's referral earned so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Earns {
    /// Nobody referred the buyer.
    NotReferred,
    /// No purchase earned the credit yet.
    Nothing,
    /// This purchase did.
    This,
    /// Another one did.
    Another,
}

/// How a purchase counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// It is the purchase that earns.
    Yes,
    NotPaid(PurchaseState),
    Undone,
    BeingDecided,
    /// It could have earned a credit, and did not.
    Not(NoCredit),
    /// Nobody had referred the buyer.
    NotReferred,
    /// Another purchase earns.
    NotTheFirst,
    /// It is not known why it earned nothing.
    NotDecided,
}

/// How a purchase in this `state` counted for the referral of its buyer.
pub fn counted(state: PurchaseState, paid: &PaidPurchase, earns: Earns) -> Counted {
    match state {
        PurchaseState::Open
        | PurchaseState::Processing
        | PurchaseState::Failed
        | PurchaseState::Expired => return Counted::NotPaid(state),
        PurchaseState::Undone => return Counted::Undone,
        PurchaseState::Paid => {}
    }
    match (earns, paid.no_credit()) {
        (Earns::This, _) => Counted::Yes,
        (_, Some(why)) => Counted::Not(why),
        (Earns::NotReferred, None) => Counted::NotReferred,
        (_, None) if paid.check == CreditCheck::Due => Counted::BeingDecided,
        (Earns::Another, None) => Counted::NotTheFirst,
        (Earns::Nothing, None) => Counted::NotDecided,
    }
}

impl Counted {
    /// The words for the staff, which end a line.
    pub fn words(self) -> String {
        let why = match self {
            Self::Yes => return "Counted: it earns the credit".to_owned(),
            Self::BeingDecided => return "Being decided".to_owned(),
            Self::NotPaid(state) => state.label(),
            Self::Undone => "The sale was undone",
            Self::Not(NoCredit::NothingPaid) => "It was free, or paid with credit",
            Self::Not(why) => why.sentence(),
            Self::NotReferred => "Nobody had referred them",
            Self::NotTheFirst => "Another purchase earns the credit",
            Self::NotDecided => "No credit was decided",
        };
        format!("Not counted: {}", uncapitalized(why))
    }
}

/// The words with a small letter at the beginning.
fn uncapitalized(words: &str) -> String {
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, Money};

    fn paid(cents: i64, decided: Option<NoCredit>) -> PaidPurchase {
        PaidPurchase {
            check: CreditCheck::Done,
            decided,
            paid: Some(Money::new(cents, Currency::Usd)),
            undone: false,
        }
    }

    #[test]
    fn each_purchase_counted_or_says_why_not() {
        let ticket = paid(4500, None);
        let due = PaidPurchase {
            check: CreditCheck::Due,
            ..ticket
        };
        let foreign = PaidPurchase {
            paid: None,
            ..ticket
        };
        let small = paid(100, Some(NoCredit::BelowLeast));
        let free = Counted::Not(NoCredit::NothingPaid);
        for (one, earns, expected) in [
            (ticket, Earns::This, Counted::Yes),
            (ticket, Earns::NotReferred, Counted::NotReferred),
            (ticket, Earns::Another, Counted::NotTheFirst),
            (ticket, Earns::Nothing, Counted::NotDecided),
            (due, Earns::Nothing, Counted::BeingDecided),
            (due, Earns::Another, Counted::BeingDecided),
            (paid(0, None), Earns::Nothing, free),
            (paid(0, None), Earns::NotReferred, free),
            (small, Earns::Nothing, Counted::Not(NoCredit::BelowLeast)),
            (
                foreign,
                Earns::Nothing,
                Counted::Not(NoCredit::OtherCurrency),
            ),
        ] {
            let found = counted(PurchaseState::Paid, &one, earns);
            assert_eq!(found, expected, "{one:?} {earns:?}");
        }
        for state in PurchaseState::ALL {
            let expected = match state {
                PurchaseState::Paid => Counted::Yes,
                PurchaseState::Undone => Counted::Undone,
                _ => Counted::NotPaid(state),
            };
            assert_eq!(counted(state, &ticket, Earns::This), expected);
        }
    }

    #[test]
    fn a_line_says_it() {
        let small = Counted::Not(NoCredit::BelowLeast).words();
        assert_eq!(small, "Not counted: paid less than a purchase that counts");
        let open = Counted::NotPaid(PurchaseState::Open).words();
        assert_eq!(open, "Not counted: not paid yet");
        assert!(Counted::Yes.words().starts_with("Counted"));
    }
}
