//! Each verdict about a subscription, and what can be done about it.

use super::*;
use crate::{
    money::{Currency, Money},
    purchase::CreditCheck,
    referral::{FailureReason, PendingReason, ReferralStatus},
};

/// A paid annual plan with the code of a platform referrer.
fn plan(came_with: CameWith) -> SubscriptionFacts {
    SubscriptionFacts {
        state: PurchaseState::Paid,
        paid: PaidPurchase {
            check: CreditCheck::Done,
            decided: None,
            paid: Some(Money::new(125_000, Currency::Usd)),
            undone: false,
        },
        came_with,
        plan_is_known: true,
        referral: None,
        program_is_on: true,
    }
}

fn referral(status: ReferralStatus) -> ReferralFacts {
    ReferralFacts {
        status,
        failure: None,
        pending: None,
        taken_back: None,
    }
}

fn is_referral(referral: ReferralFacts) -> SubscriptionFacts {
    SubscriptionFacts {
        referral: Some(referral),
        ..plan(CameWith::Enabled)
    }
}

fn pending(reason: PendingReason) -> SubscriptionFacts {
    is_referral(ReferralFacts {
        pending: Some(reason),
        ..referral(ReferralStatus::Pending)
    })
}

fn failed(reason: FailureReason) -> SubscriptionFacts {
    is_referral(ReferralFacts {
        failure: Some(reason),
        ..referral(ReferralStatus::Failed)
    })
}

fn in_state(state: PurchaseState) -> SubscriptionFacts {
    SubscriptionFacts {
        state,
        ..plan(CameWith::Enabled)
    }
}

/// What is known, a part of the sentence, and what can be done.
type Case = (SubscriptionFacts, &'static str, &'static [Remedy]);

fn holds<const N: usize>(cases: [Case; N]) {
    for (facts, words, remedies) in cases {
        let verdict = why_subscription(&facts);
        let sentence = verdict.sentence();
        assert!(sentence.contains(words), "{facts:?}: {sentence}");
        let ends = sentence.ends_with('.') && !sentence.ends_with("..");
        assert!(ends, "{sentence}");
        assert_eq!(verdict.remedies(facts.came_with), remedies, "{facts:?}");
    }
}

#[test]
fn what_is_no_referral_says_why() {
    let free = |came_with| {
        let mut facts = plan(came_with);
        facts.paid.paid = Some(Money::new(0, Currency::Usd));
        facts
    };
    let unknown_plan = SubscriptionFacts {
        plan_is_known: false,
        ..plan(CameWith::Disabled)
    };
    holds([
        (plan(CameWith::NoCode), "without a code", &[]),
        (free(CameWith::NoCode), "without a code", &[]),
        (free(CameWith::Disabled), "it was free", &[]),
        (plan(CameWith::UnknownCode), "has this code", &[]),
        (unknown_plan, "plan is unknown", &[Remedy::Give]),
        (
            plan(CameWith::Disabled),
            "was disabled when it was paid",
            &[Remedy::Give, Remedy::Enable],
        ),
        // They were enabled since.
        (
            plan(CameWith::Enabled),
            "was disabled when it was paid",
            &[Remedy::Give],
        ),
    ]);
}

#[test]
fn what_is_not_paid_says_so() {
    holds([
        (
            in_state(PurchaseState::Open),
            "Not paid yet, so it earned nothing yet.",
            &[Remedy::Wait],
        ),
        (
            in_state(PurchaseState::Processing),
            "Payment processing, so",
            &[Remedy::Wait],
        ),
        (in_state(PurchaseState::Failed), "Payment failed, so", &[]),
        (
            in_state(PurchaseState::Expired),
            "Expired, so it earned nothing.",
            &[],
        ),
    ]);
}

#[test]
fn a_referral_says_what_its_own_page_says() {
    let bought = |why| pending(PendingReason::Bought(Some(why)));
    let foreign = FailureReason::OtherCurrency("jpy".to_owned());
    let credited = is_referral(referral(ReferralStatus::Credited));
    holds([
        (
            bought(NoCredit::ProgramOff),
            "program was off.",
            &[Remedy::Payments, Remedy::DecideAgain],
        ),
        (
            bought(NoCredit::BelowLeast),
            "Paid less than",
            &[Remedy::Rewards, Remedy::DecideAgain],
        ),
        // A later subscription is another referral, so there is nothing to wait for.
        (bought(NoCredit::TestPurchase), "test mode", &[]),
        (bought(NoCredit::Refunded), "was refunded", &[]),
        (
            pending(PendingReason::Bought(None)),
            "no credit was decided.",
            &[Remedy::DecideAgain],
        ),
        (
            pending(PendingReason::UnderReview),
            "Under review.",
            &[Remedy::Review],
        ),
        (
            failed(FailureReason::StripeNotConnected),
            "not connected.",
            &[Remedy::Payments, Remedy::Retry],
        ),
        (
            failed(FailureReason::SelfReferral),
            "their own email address.",
            &[],
        ),
        (failed(foreign), "paid in JPY", &[]),
        (credited, "got the credit.", &[]),
    ]);
}
