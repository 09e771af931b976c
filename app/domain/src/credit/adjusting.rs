//! Moves the ledger of an earned credit to what became of its purchase: frozen, given up, taken back in
//! part or in whole, or restored. `refund::Payment` says what should be; this says the next step.

use crate::{
    credit::TakeBack,
    money::Money,
    refund::{BeforeIssue, PartialRefunds, Payment},
};

/// What is known of the ledger of an earned credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Earned {
    /// What Stripe has of it, by the last row of its ledger.
    pub at_stripe: TakeBack,
    /// It may not be issued for now.
    pub frozen: bool,
    /// What was given, or is to be.
    pub given: Money,
    /// What was taken back of it, or is on its way.
    pub taken: Money,
    /// What should have been taken back besides, and was not on the balance.
    pub shortfall: Money,
}

/// The next step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Everything is as it should be.
    Nothing,
    /// Stripe has to say first what it has. Then the next step is decided.
    Later,
    /// It is not issued for now.
    Freeze,
    /// It may be issued.
    Unfreeze,
    /// It is deleted, and the referral waits for another purchase.
    GiveUp,
    /// This much is taken from the balance.
    Reverse(Money),
    /// The shortfall is less by `forgiven`, and this much goes back.
    Restore {
        forgiven: Money,
        back: Option<Money>,
    },
}

impl Earned {
    /// Decides the next step. After each step the decision is made again, until there is nothing to do.
    pub fn adjust(&self, payment: &Payment, partial: PartialRefunds) -> Adjustment {
        match self.at_stripe {
            TakeBack::Withdraw => match (payment.before_issue(partial), self.frozen) {
                (BeforeIssue::GiveUp, _) => Adjustment::GiveUp,
                (BeforeIssue::Freeze, false) => Adjustment::Freeze,
                (BeforeIssue::Issue, true) => Adjustment::Unfreeze,
                (BeforeIssue::Freeze, true) | (BeforeIssue::Issue, false) => Adjustment::Nothing,
            },
            TakeBack::Reverse => self.toward(payment.to_take_back(self.given, partial)),
            TakeBack::Unsettled => Adjustment::Later,
        }
    }

    /// The step from what was taken back to `target`.
    fn toward(&self, target: Money) -> Adjustment {
        let currency = self.given.currency();
        let asked = self.taken.cents() + self.shortfall.cents();
        let more = target.cents() - asked;
        if more > 0 {
            return Adjustment::Reverse(Money::new(more, currency));
        }
        let less = more.saturating_neg();
        if less == 0 {
            return Adjustment::Nothing;
        }
        // What was not there cannot go back.
        let forgiven = less.min(self.shortfall.cents());
        let back = Money::new(less - forgiven, currency);
        Adjustment::Restore {
            forgiven: Money::new(forgiven, currency),
            back: back.is_positive().then_some(back),
        }
    }
}

/// How credit that goes back to a balance settles what is missing from there, oldest first: as much of
/// each of these shortfalls as `returned` holds (`docs/rules.md` 126).
pub fn settle_shortfalls(returned: Money, shortfalls: &[Money]) -> Vec<Money> {
    let mut left = returned.cents().max(0);
    let settle = |shortfall: &Money| {
        let cents = match shortfall.currency() == returned.currency() {
            true => shortfall.cents().clamp(0, left),
            false => 0,
        };
        left -= cents;
        Money::new(cents, shortfall.currency())
    };
    shortfalls.iter().map(settle).collect()
}

/// Why an earned credit is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ReversalCause {
    /// The sale was undone at the counter.
    Undone,
    Refunded,
    Disputed,
    /// An admin voided the referral.
    Voided,
}

impl ReversalCause {
    pub const ALL: [Self; 4] = [Self::Undone, Self::Refunded, Self::Disputed, Self::Voided];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Undone => "undone",
            Self::Refunded => "refunded",
            Self::Disputed => "disputed",
            Self::Voided => "voided",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|cause| cause.code() == code)
    }

    /// Why, after a colon.
    pub fn words(self) -> &'static str {
        match self {
            Self::Undone => "the purchase was undone",
            Self::Refunded => "the purchase was refunded",
            Self::Disputed => "the payment was disputed",
            Self::Voided => "the referral was voided",
        }
    }

    /// What the referrer is told, who does not learn of the friend's bank.
    pub fn told(self) -> &'static str {
        match self {
            Self::Undone => "a friend's purchase was undone",
            Self::Refunded | Self::Disputed => "a friend's purchase was refunded",
            Self::Voided => "the referral was voided",
        }
    }

    /// The cause as the referrer may know it.
    #[must_use]
    pub fn to_referrer(self) -> Self {
        match self {
            Self::Disputed => Self::Refunded,
            cause => cause,
        }
    }

    /// The cause of a reversal for what became of the purchase.
    pub fn of(payment: &Payment) -> Self {
        match payment {
            Payment { voided: true, .. } => Self::Voided,
            Payment { undone: true, .. } => Self::Undone,
            Payment {
                dispute: Some(_), ..
            } => Self::Disputed,
            _ => Self::Refunded,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{money::Currency, refund::DisputeState};

    const OFF: PartialRefunds = PartialRefunds::TakeNothing;

    fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    fn earned(at_stripe: TakeBack, taken: i64, shortfall: i64) -> Earned {
        Earned {
            at_stripe,
            frozen: false,
            given: usd(1000),
            taken: usd(taken),
            shortfall: usd(shortfall),
        }
    }

    fn whole() -> Payment {
        Payment::whole(usd(4500))
    }

    fn refunded() -> Payment {
        Payment {
            refunded: usd(4500),
            ..whole()
        }
    }

    #[test]
    fn what_stripe_does_not_have_is_frozen_or_given_up() {
        let credit = earned(TakeBack::Withdraw, 0, 0);
        let frozen = Earned {
            frozen: true,
            ..credit
        };
        let pending = Payment {
            pending: usd(4500),
            ..whole()
        };
        assert_eq!(credit.adjust(&whole(), OFF), Adjustment::Nothing);
        assert_eq!(credit.adjust(&pending, OFF), Adjustment::Freeze);
        assert_eq!(frozen.adjust(&pending, OFF), Adjustment::Nothing);
        assert_eq!(frozen.adjust(&whole(), OFF), Adjustment::Unfreeze);
        for credit in [credit, frozen] {
            assert_eq!(credit.adjust(&refunded(), OFF), Adjustment::GiveUp);
        }
    }

    #[test]
    fn nothing_is_done_before_stripe_has_said_what_it_has() {
        let credit = earned(TakeBack::Unsettled, 0, 0);
        for payment in [whole(), refunded()] {
            assert_eq!(credit.adjust(&payment, OFF), Adjustment::Later);
        }
    }

    #[test]
    fn what_stripe_has_is_taken_back_once_and_restored_once() {
        let of = |taken, shortfall, payment: &Payment| {
            earned(TakeBack::Reverse, taken, shortfall).adjust(payment, OFF)
        };
        assert_eq!(of(0, 0, &refunded()), Adjustment::Reverse(usd(1000)));
        assert_eq!(of(1000, 0, &refunded()), Adjustment::Nothing);
        assert_eq!(of(400, 600, &refunded()), Adjustment::Nothing, "spent");
        let both = Payment {
            dispute: Some(DisputeState::Open),
            ..refunded()
        };
        assert_eq!(
            of(1000, 0, &both),
            Adjustment::Nothing,
            "one for all causes"
        );
        let restore = |forgiven, back: Option<i64>| Adjustment::Restore {
            forgiven: usd(forgiven),
            back: back.map(usd),
        };
        assert_eq!(of(1000, 0, &whole()), restore(0, Some(1000)));
        assert_eq!(of(400, 600, &whole()), restore(600, Some(400)));
        assert_eq!(of(0, 1000, &whole()), restore(1000, None));
        assert_eq!(of(0, 0, &whole()), Adjustment::Nothing);
    }

    #[test]
    fn of_a_part_only_the_difference_moves() {
        let half = Payment {
            refunded: usd(2250),
            ..whole()
        };
        let on = PartialRefunds::TakeTheirShare;
        let of = |taken, shortfall| earned(TakeBack::Reverse, taken, shortfall).adjust(&half, on);
        assert_eq!(of(200, 100), Adjustment::Reverse(usd(200)));
        assert_eq!(of(500, 0), Adjustment::Nothing);
        let back = Adjustment::Restore {
            forgiven: usd(100),
            back: Some(usd(400)),
        };
        assert_eq!(of(900, 100), back);
    }

    #[test]
    fn what_comes_back_settles_the_oldest_shortfall_first() {
        let settle = |returned| settle_shortfalls(usd(returned), &[usd(300), usd(500)]);
        assert_eq!(settle(1000), [usd(300), usd(500)]);
        assert_eq!(settle(400), [usd(300), usd(100)]);
        assert_eq!(settle(0), [usd(0), usd(0)]);
        let euros = Money::new(300, Currency::Eur);
        assert_eq!(settle_shortfalls(usd(300), &[euros])[0].cents(), 0);
    }

    #[test]
    fn causes_are_read_back_and_told() {
        for cause in ReversalCause::ALL {
            assert_eq!(ReversalCause::parse(cause.code()), Some(cause));
        }
        assert_eq!(ReversalCause::of(&refunded()), ReversalCause::Refunded);
        let disputed = Payment {
            dispute: Some(DisputeState::Lost),
            ..refunded()
        };
        assert_eq!(ReversalCause::of(&disputed), ReversalCause::Disputed);
        assert!(!ReversalCause::Disputed.told().contains("dispute"));
        let voided = Payment {
            voided: true,
            ..disputed
        };
        assert_eq!(ReversalCause::of(&voided), ReversalCause::Voided);
    }

    proptest! {
        #[test]
        fn one_step_leads_to_the_target(
            taken in 0_i64..1_000,
            shortfall in 0_i64..1_000,
            refunded in 0_i64..5_000,
        ) {
            let (shortfall, on) = (shortfall.min(1_000 - taken), PartialRefunds::TakeTheirShare);
            let payment = Payment { refunded: usd(refunded), ..whole() };
            let before = earned(TakeBack::Reverse, taken, shortfall);
            let after = match before.adjust(&payment, on) {
                Adjustment::Reverse(more) => Earned { taken: usd(taken + more.cents()), ..before },
                Adjustment::Restore { forgiven, back } => Earned {
                    taken: usd(taken - back.map_or(0, Money::cents)),
                    shortfall: usd(shortfall - forgiven.cents()),
                    ..before
                },
                _ => before,
            };
            prop_assert_eq!(after.adjust(&payment, on), Adjustment::Nothing);
            prop_assert!(after.taken.cents() >= 0 && after.shortfall.cents() >= 0);
            prop_assert!(after.taken.cents() + after.shortfall.cents() <= 1_000);
        }

        #[test]
        fn no_more_is_settled_than_came_back(
            returned in -100_i64..5_000,
            shortfalls in prop::collection::vec(0_i64..2_000, 0..5),
        ) {
            let all: Vec<_> = shortfalls.iter().map(|cents| usd(*cents)).collect();
            let settled = settle_shortfalls(usd(returned), &all);
            let sum: i64 = settled.iter().map(|one| one.cents()).sum();
            prop_assert_eq!(sum, shortfalls.iter().sum::<i64>().min(returned.max(0)));
        }
    }
}
