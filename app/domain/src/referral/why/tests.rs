//! Each verdict, its sentence and what can be done about it.

use super::*;
use crate::{money::Currency, stripe_keys::StripeMode};

const TEN: Money = Money::new(1000, Currency::Usd);

fn facts(referral: Option<ReferralFacts>) -> WhyFacts {
    WhyFacts {
        typed: TypedAtRegister::Nothing,
        referral,
        is_too_late: false,
        program_is_on: true,
    }
}

fn typed(typed: TypedAtRegister) -> WhyFacts {
    WhyFacts {
        typed,
        ..facts(None)
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

fn pending(reason: PendingReason) -> WhyFacts {
    facts(Some(ReferralFacts {
        pending: Some(reason),
        ..referral(ReferralStatus::Pending)
    }))
}

fn failed(reason: FailureReason) -> WhyFacts {
    facts(Some(ReferralFacts {
        failure: Some(reason),
        ..referral(ReferralStatus::Failed)
    }))
}

/// What is known, a part of the sentence, and what can be done.
type Case = (WhyFacts, &'static str, &'static [Remedy]);

fn holds(cases: impl IntoIterator<Item = Case>) {
    for (facts, words, remedies) in cases {
        let verdict = why(&facts);
        let sentence = verdict.sentence();
        assert!(sentence.contains(words), "{facts:?}: {sentence}");
        let ends = sentence.ends_with('.') && !sentence.ends_with("..");
        assert!(ends, "{sentence}");
        assert_eq!(verdict.remedies(facts.is_too_late), remedies, "{facts:?}");
    }
}

#[test]
fn who_was_referred_by_nobody_can_be_linked_until_they_buy() {
    const ATTACH: &[Remedy] = &[Remedy::Attach];
    let late = WhyFacts {
        is_too_late: true,
        ..facts(None)
    };
    holds([
        (typed(TypedAtRegister::Nothing), "without a link", ATTACH),
        (typed(TypedAtRegister::Name), "A name links nobody.", ATTACH),
        (
            typed(TypedAtRegister::UnknownCode),
            "nobody's code here",
            ATTACH,
        ),
        (
            typed(TypedAtRegister::OwnCode),
            "the referrer's own address",
            ATTACH,
        ),
        (
            typed(TypedAtRegister::BlockedCode),
            "who is blocked",
            ATTACH,
        ),
        (typed(TypedAtRegister::Code), "did not count", ATTACH),
        (late, "Referred by nobody", &[Remedy::Give]),
    ]);
}

#[test]
fn what_waits_says_for_what() {
    use Remedy::{AskToConfirm, DecideAgain, Give, Payments, Review, Rewards, Wait};
    const LATER: &[Remedy] = &[Remedy::WaitForPurchase];
    let bought = |why| pending(PendingReason::Bought(Some(why)));
    let off = |reason| WhyFacts {
        program_is_on: false,
        ..pending(reason)
    };
    let held = PendingReason::OnHold("Dec 12".to_owned());
    let retried = PendingReason::RetryAt("at noon".to_owned());
    let unread = facts(Some(referral(ReferralStatus::Pending)));
    let unknown = pending(PendingReason::Bought(None));
    holds([
        (unread, "bought nothing yet", LATER),
        (pending(PendingReason::Registered), "nothing yet", LATER),
        (
            off(PendingReason::Registered),
            "the program is off",
            &[Payments],
        ),
        // The credit is decided: the switch does not matter any more.
        (off(held.clone()), "On hold until Dec 12.", &[Wait]),
        (pending(held), "On hold until Dec 12.", &[Wait]),
        (pending(PendingReason::Undone), "was undone", LATER),
        (
            pending(PendingReason::FriendDeleted),
            "was deleted",
            &[Give],
        ),
        (
            pending(PendingReason::UnderReview),
            "Under review.",
            &[Review],
        ),
        (pending(PendingReason::Frozen), "is disputed.", &[Wait]),
        (
            pending(PendingReason::BeingIssued),
            "being issued.",
            &[Wait],
        ),
        (pending(retried), "Next attempt at noon.", &[Wait]),
        (
            unknown,
            "no credit was decided.",
            &[DecideAgain, Remedy::WaitForPurchase],
        ),
        (
            bought(NoCredit::ProgramOff),
            "program was off.",
            &[Payments, DecideAgain],
        ),
        (
            bought(NoCredit::BelowLeast),
            "Paid less than",
            &[Rewards, DecideAgain],
        ),
        (
            bought(NoCredit::CapReached),
            "the most credits",
            &[Rewards, DecideAgain],
        ),
        (
            bought(NoCredit::Unconfirmed),
            "not confirmed",
            &[AskToConfirm],
        ),
        (bought(NoCredit::NothingPaid), "paid with credit", LATER),
        (bought(NoCredit::TestPurchase), "test mode", LATER),
        (bought(NoCredit::OtherCurrency), "another currency", LATER),
        (bought(NoCredit::Refunded), "was refunded", LATER),
        (bought(NoCredit::MembershipEnded), "ended while", LATER),
        (bought(NoCredit::BoughtBefore), "bought before", &[Give]),
    ]);
}

#[test]
fn what_ended_says_how() {
    use Remedy::{Give, Payments, Retry};
    const CONNECT: &[Remedy] = &[Payments, Retry];
    let taken_back = |amount, cause| {
        facts(Some(ReferralFacts {
            taken_back: Some((amount, cause)),
            ..referral(ReferralStatus::Credited)
        }))
    };
    let euros = FailureReason::OtherCurrency("eur".to_owned());
    let voided = FailureReason::Voided("One person".to_owned());
    let mode = FailureReason::OtherMode(StripeMode::Test);
    let unread = facts(Some(referral(ReferralStatus::Failed)));
    let credited = facts(Some(referral(ReferralStatus::Credited)));
    let nothing = Money::new(0, Currency::Usd);
    holds([
        (
            failed(FailureReason::StripeNotConnected),
            "not connected.",
            CONNECT,
        ),
        (
            failed(FailureReason::KeyNeedsAttention),
            "key needs attention.",
            CONNECT,
        ),
        (failed(mode), "in live mode.", CONNECT),
        (
            failed(FailureReason::Refused(String::new())),
            "refused the credit.",
            &[Retry],
        ),
        (
            failed(FailureReason::Unreachable),
            "not be reached.",
            &[Retry],
        ),
        (unread, "no reason was stored.", &[Retry]),
        (
            failed(FailureReason::VoidedWhenOff),
            "switched off.",
            &[Give],
        ),
        (
            failed(FailureReason::SelfReferral),
            "their own email address.",
            &[],
        ),
        (failed(euros), "paid in EUR", &[]),
        (failed(FailureReason::ReferrerDeleted), "was deleted.", &[]),
        (failed(voided), "Voided by an admin: One person.", &[]),
        (credited, "got the credit.", &[]),
        (
            taken_back(TEN, Some(ReversalCause::Undone)),
            "$10.00 taken back",
            &[Give],
        ),
        (taken_back(nothing, None), "was already spent.", &[Give]),
    ]);
}
