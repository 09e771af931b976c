//! How much of a purchase can be refunded, and how a refund is split: money first, then credit.

use crate::{
    money::Money,
    purchase::PurchaseState,
    refund::{DisputeState, MembershipEnding},
};

/// What a purchase was paid with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Charged {
    pub card: Money,
    /// Credit, or the balance.
    pub credit: Money,
}

/// A purchase as far as it matters for a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refunding {
    pub state: PurchaseState,
    pub in_person: bool,
    /// `None` if it was paid in another currency than the purchase's.
    pub charged: Option<Charged>,
    /// Money that went back or is on its way.
    pub money_back: Money,
    /// Credit that went back or is on its way, for whatever reason.
    pub credit_back: Money,
    pub dispute: Option<DisputeState>,
}

/// What can be refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    pub card: Money,
    pub credit: Money,
}

impl Left {
    pub fn all(self) -> Money {
        let cents = self.card.cents() + self.credit.cents();
        Money::new(cents, self.card.currency())
    }
}

/// The parts of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub card: Money,
    pub credit: Money,
}

/// Why nothing is refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotRefundable {
    /// The site, or the platform program, has no such purchase.
    Unknown,
    /// Nothing was paid.
    NotPaid,
    /// It was sold at the counter, where it can be undone.
    InPerson,
    /// It cost nothing.
    Free,
    /// It was paid in another currency, or the refund is in another one.
    OtherCurrency,
    NothingLeft,
    NotPositive,
    /// Only this much is left.
    MoreThanLeft(Money),
    /// The buyer's bank has the money.
    Disputed,
    /// The Stripe account that took the payment is not connected.
    NotConnected,
    /// Stripe does not say what the balance paid.
    Unanswered,
    /// A membership needs to be told how it ends.
    EndingMissing,
    /// Only a membership or a plan ends.
    EndingOfNothing,
    /// The form was used for another purchase.
    AnotherForm,
}

impl NotRefundable {
    /// The sentence for the admin.
    pub fn words(self) -> String {
        let words = match self {
            Self::Unknown => "There is no such purchase.",
            Self::NotPaid => "This purchase was not paid, so there is nothing to refund.",
            Self::InPerson => "This was sold at the counter. Undo the sale instead.",
            Self::Free => "This cost nothing, so there is nothing to refund.",
            Self::OtherCurrency => {
                "This was paid in another currency. Refund it in Stripe's dashboard."
            }
            Self::NothingLeft => "Everything was refunded, or is being refunded.",
            Self::NotPositive => "Enter an amount above 0.",
            Self::MoreThanLeft(left) => return format!("Only {left} is left to refund."),
            Self::Disputed => {
                "The buyer's bank disputes this payment, so it cannot be refunded. Answer the dispute in \
                 Stripe's dashboard."
            }
            Self::NotConnected => "Stripe is not connected. Connect it in Site Settings first.",
            Self::Unanswered => {
                "Stripe does not answer right now, so nothing was refunded. Try again."
            }
            Self::EndingMissing => "Choose what becomes of the membership.",
            Self::EndingOfNothing => "Only a membership ends.",
            Self::AnotherForm => "This form was used before. Open the page again.",
        };
        words.to_owned()
    }

    /// Whether another amount may be refunded: the sentence belongs beside the field.
    pub fn is_about_amount(self) -> bool {
        matches!(
            self,
            Self::NotPositive | Self::MoreThanLeft(_) | Self::NothingLeft
        )
    }

    /// Whether the sentence belongs beside the choice of how a membership ends.
    pub fn is_about_ending(self) -> bool {
        matches!(self, Self::EndingMissing | Self::EndingOfNothing)
    }
}

/// What is left to refund of a purchase, which may be nothing.
///
/// # Errors
/// [`NotRefundable`] says why nothing of it is ever refunded here.
pub fn may_refund(purchase: &Refunding) -> Result<Left, NotRefundable> {
    match purchase.state {
        _ if purchase.in_person => return Err(NotRefundable::InPerson),
        PurchaseState::Paid => {}
        PurchaseState::Open
        | PurchaseState::Processing
        | PurchaseState::Failed
        | PurchaseState::Expired
        | PurchaseState::Undone => return Err(NotRefundable::NotPaid),
    }
    let Charged { card, credit } = purchase.charged.ok_or(NotRefundable::OtherCurrency)?;
    if !card.is_positive() && !credit.is_positive() {
        return Err(NotRefundable::Free);
    }
    if purchase.dispute.is_some() {
        return Err(NotRefundable::Disputed);
    }
    let left = |paid: Money, back: Money| {
        let cents = paid.cents().saturating_sub(back.cents());
        Money::new(cents.max(0), paid.currency())
    };
    Ok(Left {
        card: left(card, purchase.money_back),
        credit: left(credit, purchase.credit_back),
    })
}

/// Splits a refund of `amount`: as much as possible goes back to the card, the rest to the balance.
///
/// # Errors
/// [`NotRefundable`] if there is not as much left, or it is no amount to refund.
pub fn split(amount: Money, left: Left) -> Result<Split, NotRefundable> {
    let (all, currency) = (left.all(), amount.currency());
    if currency != all.currency() {
        return Err(NotRefundable::OtherCurrency);
    }
    if !amount.is_positive() {
        return Err(NotRefundable::NotPositive);
    }
    if !all.is_positive() {
        return Err(NotRefundable::NothingLeft);
    }
    if amount.cents() > all.cents() {
        return Err(NotRefundable::MoreThanLeft(all));
    }
    let card = amount.cents().min(left.card.cents());
    Ok(Split {
        card: Money::new(card, currency),
        credit: Money::new(amount.cents() - card, currency),
    })
}

impl MembershipEnding {
    /// Whether this choice fits the purchase.
    ///
    /// # Errors
    /// If a membership has none, or something else has one.
    pub fn of(chosen: Option<Self>, is_membership: bool) -> Result<Option<Self>, NotRefundable> {
        match (chosen, is_membership) {
            (None, true) => Err(NotRefundable::EndingMissing),
            (Some(_), false) => Err(NotRefundable::EndingOfNothing),
            (chosen, _) => Ok(chosen),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    /// $45.00, of which credit paid $20.00.
    fn ticket() -> Refunding {
        Refunding {
            state: PurchaseState::Paid,
            in_person: false,
            charged: Some(Charged {
                card: usd(2500),
                credit: usd(2000),
            }),
            money_back: usd(0),
            credit_back: usd(0),
            dispute: None,
        }
    }

    fn left(card: i64, credit: i64) -> Left {
        Left {
            card: usd(card),
            credit: usd(credit),
        }
    }

    #[test]
    fn only_what_was_paid_here_and_is_not_disputed_is_refunded() {
        assert_eq!(may_refund(&ticket()), Ok(left(2500, 2000)));
        for state in PurchaseState::ALL {
            let refused = may_refund(&Refunding { state, ..ticket() });
            let paid = state == PurchaseState::Paid;
            assert_eq!(refused.is_ok(), paid, "{state:?}");
            assert!(paid || refused == Err(NotRefundable::NotPaid));
        }
        for (changed, why) in [
            (
                Refunding {
                    in_person: true,
                    ..ticket()
                },
                NotRefundable::InPerson,
            ),
            (
                Refunding {
                    charged: None,
                    ..ticket()
                },
                NotRefundable::OtherCurrency,
            ),
            (
                Refunding {
                    charged: Some(Charged {
                        card: usd(0),
                        credit: usd(0),
                    }),
                    ..ticket()
                },
                NotRefundable::Free,
            ),
        ] {
            assert_eq!(may_refund(&changed), Err(why));
        }
        for state in [DisputeState::Open, DisputeState::Lost] {
            let disputed = Refunding {
                dispute: Some(state),
                ..ticket()
            };
            assert_eq!(may_refund(&disputed), Err(NotRefundable::Disputed));
        }
    }

    #[test]
    fn what_went_back_is_not_left() {
        let some = Refunding {
            money_back: usd(1000),
            credit_back: usd(2000),
            ..ticket()
        };
        assert_eq!(may_refund(&some), Ok(left(1500, 0)));
        // Stripe says so: more than was charged.
        let more = Refunding {
            money_back: usd(9000),
            ..ticket()
        };
        assert_eq!(may_refund(&more), Ok(left(0, 2000)));
    }

    #[test]
    fn money_goes_back_before_credit() {
        let parts = |amount, of| split(usd(amount), of);
        let of = |card, credit| {
            Ok(Split {
                card: usd(card),
                credit: usd(credit),
            })
        };
        let all = left(2500, 2000);
        assert_eq!(parts(1, all), of(1, 0));
        assert_eq!(parts(2500, all), of(2500, 0));
        assert_eq!(parts(2501, all), of(2500, 1));
        assert_eq!(parts(4500, all), of(2500, 2000));
        assert_eq!(parts(700, left(0, 2000)), of(0, 700), "by credit alone");
        let most = NotRefundable::MoreThanLeft(usd(4500));
        assert_eq!(parts(4501, all), Err(most));
        assert_eq!(parts(i64::MAX, all), Err(most));
        for none in [0, -500, i64::MIN] {
            assert_eq!(parts(none, all), Err(NotRefundable::NotPositive));
        }
        assert_eq!(parts(1, left(0, 0)), Err(NotRefundable::NothingLeft));
        let euros = split(Money::new(100, Currency::Eur), all);
        assert_eq!(euros, Err(NotRefundable::OtherCurrency));
        assert_eq!(most.words(), "Only $45.00 is left to refund.");
    }

    #[test]
    fn a_membership_is_told_how_it_ends_and_nothing_else_is() {
        let now = Some(MembershipEnding::Now);
        assert_eq!(MembershipEnding::of(now, true), Ok(now));
        assert_eq!(MembershipEnding::of(None, false), Ok(None));
        let missing = MembershipEnding::of(None, true).unwrap_err();
        assert!(missing.is_about_ending() && !missing.is_about_amount());
        let of_nothing = MembershipEnding::of(now, false);
        assert_eq!(of_nothing, Err(NotRefundable::EndingOfNothing));
    }

    proptest! {
        #[test]
        fn never_more_goes_back_than_was_paid(
            card in 0_i64..10_000,
            credit in 0_i64..10_000,
            amounts in prop::collection::vec(-100_i64..12_000, 0..6),
        ) {
            let mut purchase = Refunding {
                charged: Some(Charged { card: usd(card), credit: usd(credit) }),
                ..ticket()
            };
            for amount in amounts {
                let Ok(left) = may_refund(&purchase) else { continue };
                if let Ok(parts) = split(usd(amount), left) {
                    prop_assert_eq!(parts.card.cents() + parts.credit.cents(), amount);
                    purchase.money_back = usd(purchase.money_back.cents() + parts.card.cents());
                    purchase.credit_back = usd(purchase.credit_back.cents() + parts.credit.cents());
                }
                prop_assert!(purchase.money_back.cents() <= card);
                prop_assert!(purchase.credit_back.cents() <= credit);
                let credit_first = purchase.credit_back.is_positive() && purchase.money_back.cents() < card;
                prop_assert!(!credit_first);
            }
        }
    }
}
