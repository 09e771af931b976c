//! What refunds, disputes and undoing mean for the credit that a purchase earned. The one decision
//! about it: `credit::adjust` moves the ledger to what this says.

use crate::{credit::NoCredit, money::Money, refund::DisputeState};

/// What a refund of a part takes back (`docs/rules.md` 121).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartialRefunds {
    /// Nothing, until what went back makes the price.
    TakeNothing,
    /// As large a part of the credit as of the price, rounded down.
    TakeTheirShare,
}

impl PartialRefunds {
    /// Reads the setting.
    pub fn of_setting(in_proportion: bool) -> Self {
        match in_proportion {
            true => Self::TakeTheirShare,
            false => Self::TakeNothing,
        }
    }

    /// The value of the setting.
    pub fn takes_share(self) -> bool {
        self == Self::TakeTheirShare
    }
}

/// A paid purchase, and what became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What was paid in all: by card, at the counter and with credit.
    pub price: Money,
    /// The money that went back.
    pub refunded: Money,
    /// The credit that refunds gave back.
    pub returned: Money,
    /// Money and credit of refunds that are on their way.
    pub pending: Money,
    pub dispute: Option<DisputeState>,
    /// The sale was undone at the counter.
    pub undone: bool,
    /// The referral was voided.
    pub voided: bool,
    /// It is a membership or a plan, and ended while the credit was on hold. What Stripe has by then stays
    /// (`docs/rules.md` 145).
    pub ended_in_hold: bool,
}

/// What becomes of a credit that Stripe does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BeforeIssue {
    Issue,
    /// It waits until it is known what becomes of the purchase.
    Freeze,
    /// It is never issued.
    GiveUp,
}

impl Payment {
    /// What was paid for something of which nothing went back.
    pub fn whole(price: Money) -> Self {
        let nothing = Money::new(0, price.currency());
        Self {
            price,
            refunded: nothing,
            returned: nothing,
            pending: nothing,
            dispute: None,
            undone: false,
            voided: false,
            ended_in_hold: false,
        }
    }

    fn back(&self) -> i64 {
        self.refunded.cents() + self.returned.cents()
    }

    fn is_whole_back(&self, back: i64) -> bool {
        self.price.is_positive() && back >= self.price.cents()
    }

    /// Whether the purchase is undone for good, as far as anybody can tell now.
    fn is_over(&self) -> bool {
        self.undone
            || self.voided
            || self.dispute == Some(DisputeState::Lost)
            || self.is_whole_back(self.back())
    }

    /// How much of the credit of `earned` that Stripe has is to be taken back. An open dispute counts as
    /// long as it is open: the bank has the money (`docs/rules.md` 122).
    pub fn to_take_back(&self, earned: Money, partial: PartialRefunds) -> Money {
        let nothing = Money::new(0, earned.currency());
        if self.is_over() || self.dispute.is_some() {
            return earned;
        }
        match partial {
            PartialRefunds::TakeNothing => nothing,
            PartialRefunds::TakeTheirShare if !self.price.is_positive() => nothing,
            PartialRefunds::TakeTheirShare => {
                let back = i128::from(self.back().clamp(0, self.price.cents()));
                let share = i128::from(earned.cents()) * back / i128::from(self.price.cents());
                // It is no more than was earned, which fits.
                let cents = i64::try_from(share).unwrap_or(earned.cents());
                Money::new(cents, earned.currency())
            }
        }
    }

    /// What becomes of the credit while Stripe does not have it. A part that is refunded by then is taken
    /// back once it is issued.
    pub fn before_issue(&self, partial: PartialRefunds) -> BeforeIssue {
        if self.is_over() || self.ended_in_hold {
            return BeforeIssue::GiveUp;
        }
        let pending = self.pending.cents().max(0);
        let matters = match partial {
            PartialRefunds::TakeNothing => self.is_whole_back(self.back() + pending),
            PartialRefunds::TakeTheirShare => pending > 0,
        };
        match matters || self.dispute.is_some() {
            true => BeforeIssue::Freeze,
            false => BeforeIssue::Issue,
        }
    }

    /// Why the purchase earned nothing, of one whose credit is given up.
    pub fn given_up_for(&self) -> NoCredit {
        match self.ended_in_hold && !self.is_over() {
            true => NoCredit::MembershipEnded,
            false => NoCredit::Refunded,
        }
    }

    /// Whether the purchase earns its whole credit: nothing of it is undone, or about to be.
    pub fn stands(&self, earned: Money, partial: PartialRefunds) -> bool {
        self.before_issue(partial) == BeforeIssue::Issue
            && !self.to_take_back(earned, partial).is_positive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    const OFF: PartialRefunds = PartialRefunds::TakeNothing;
    const ON: PartialRefunds = PartialRefunds::TakeTheirShare;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    /// $45.00, of which credit paid $20.00.
    fn ticket() -> Payment {
        Payment::whole(usd(4500))
    }

    fn taken(payment: Payment, partial: PartialRefunds) -> i64 {
        payment.to_take_back(usd(1000), partial).cents()
    }

    #[test]
    fn what_stands_keeps_its_credit() {
        for partial in [OFF, ON] {
            assert_eq!(taken(ticket(), partial), 0);
            assert_eq!(ticket().before_issue(partial), BeforeIssue::Issue);
            assert!(ticket().stands(usd(1000), partial));
        }
    }

    #[test]
    fn a_full_refund_takes_the_credit_back() {
        let card_alone = Payment {
            refunded: usd(2500),
            ..ticket()
        };
        let all = Payment {
            returned: usd(2000),
            ..card_alone
        };
        for partial in [OFF, ON] {
            assert_eq!(taken(all, partial), 1000);
            assert_eq!(all.before_issue(partial), BeforeIssue::GiveUp);
        }
        assert_eq!(taken(card_alone, OFF), 0, "the credit's part is not back");
        assert_eq!(card_alone.before_issue(OFF), BeforeIssue::Issue);
    }

    #[test]
    fn a_part_takes_its_share_rounded_down_if_the_site_says_so() {
        for (refunded, share) in [
            (1, 0),
            (4, 0),
            (5, 1),
            (1500, 333),
            (4499, 999),
            (4500, 1000),
        ] {
            let part = Payment {
                refunded: usd(refunded),
                ..ticket()
            };
            assert_eq!(taken(part, ON), share, "{refunded}");
            assert_eq!(taken(part, OFF), if refunded == 4500 { 1000 } else { 0 });
        }
        let by_credit = Payment {
            returned: usd(2250),
            ..ticket()
        };
        assert_eq!(taken(by_credit, ON), 500);
        let nothing = Payment {
            refunded: usd(100),
            ..Payment::whole(usd(0))
        };
        assert_eq!(taken(nothing, ON), 0, "what was free earned nothing");
    }

    #[test]
    fn what_is_pending_freezes_and_takes_nothing() {
        let part = Payment {
            pending: usd(1000),
            ..ticket()
        };
        assert_eq!(part.before_issue(OFF), BeforeIssue::Issue, "it would stay");
        assert_eq!(part.before_issue(ON), BeforeIssue::Freeze);
        let rest = Payment {
            refunded: usd(3500),
            ..part
        };
        assert_eq!(rest.before_issue(OFF), BeforeIssue::Freeze);
        for payment in [part, rest] {
            assert_eq!(taken(payment, OFF), 0);
        }
    }

    #[test]
    fn a_dispute_freezes_or_takes_back_until_it_is_decided() {
        let disputed = |dispute| Payment {
            dispute,
            ..ticket()
        };
        let (open, lost) = (Some(DisputeState::Open), Some(DisputeState::Lost));
        for partial in [OFF, ON] {
            assert_eq!(taken(disputed(open), partial), 1000);
            let before = |dispute| disputed(dispute).before_issue(partial);
            assert_eq!(before(open), BeforeIssue::Freeze);
            assert_eq!(before(lost), BeforeIssue::GiveUp);
            assert_eq!(before(None), BeforeIssue::Issue, "won");
            assert!(!disputed(open).stands(usd(1000), partial));
        }
    }

    #[test]
    fn what_was_undone_or_voided_earns_nothing() {
        let undone = Payment {
            undone: true,
            ..ticket()
        };
        let voided = Payment {
            voided: true,
            ..ticket()
        };
        for payment in [undone, voided] {
            assert_eq!(taken(payment, OFF), 1000);
            assert_eq!(payment.before_issue(OFF), BeforeIssue::GiveUp);
        }
    }

    #[test]
    fn a_membership_that_ended_in_the_hold_earns_nothing() {
        let ended = Payment {
            ended_in_hold: true,
            ..ticket()
        };
        for partial in [OFF, ON] {
            assert_eq!(ended.before_issue(partial), BeforeIssue::GiveUp);
            assert_eq!(taken(ended, partial), 0, "what is issued stays");
        }
        assert_eq!(ended.given_up_for(), NoCredit::MembershipEnded);
        let refunded = Payment {
            refunded: usd(4500),
            ..ended
        };
        assert_eq!(refunded.given_up_for(), NoCredit::Refunded);
    }

    proptest! {
        #[test]
        fn never_more_is_taken_than_was_earned_and_never_less_for_more(
            price in 0_i64..100_000,
            refunded in 0_i64..120_000,
            more in 0_i64..50_000,
            earned in 1_i64..1_000_000,
            share: bool,
        ) {
            let partial = PartialRefunds::of_setting(share);
            let of = |refunded| {
                let payment = Payment { refunded: usd(refunded), ..Payment::whole(usd(price)) };
                payment.to_take_back(usd(earned), partial).cents()
            };
            let (some, later) = (of(refunded), of(refunded + more));
            prop_assert!(0 <= some && some <= later && later <= earned);
            if price > 0 {
                prop_assert_eq!(of(price), earned);
                prop_assert!(refunded >= price || some < earned);
            }
        }
    }
}
