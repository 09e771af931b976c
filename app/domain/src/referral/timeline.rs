//! What became of a referral, step by step, as its referrer reads it (`docs/rules.md` 201).

use time::OffsetDateTime;

use super::{FailureReason, PendingReason, ReferralReason, ReferralStatus, status_sentence};
use crate::{
    credit::{ReversalCause, Terms},
    money::Money,
};

/// What is known of a member's referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimelineFacts {
    pub status: ReferralStatus,
    /// When the friend registered.
    pub joined_at: OffsetDateTime,
    /// When the purchase was paid that earned the credit, or says why there is none.
    pub bought_at: Option<OffsetDateTime>,
    /// Why it is Pending; `None` for another status.
    pub pending: Option<PendingReason>,
    /// Why it failed; `None` for another status.
    pub failed: Option<FailureReason>,
    /// What was credited.
    pub credit: Option<Money>,
    pub credited_at: Option<OffsetDateTime>,
    /// What of it was taken back; of an amount of 0 the credit was spent before.
    pub taken_back: Option<Money>,
    /// Why it was; `None` if that is not known.
    pub taken_back_for: Option<ReversalCause>,
}

/// A step of a referral.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReferralStep {
    /// The friend registered.
    Joined(OffsetDateTime),
    /// The friend paid for something.
    Bought(OffsetDateTime),
    /// The last step so far: why there is no credit yet.
    Pending(PendingReason),
    /// The referrer got this credit. The time is not known of rows of before it was stored.
    Credited(Money, Option<OffsetDateTime>),
    /// What of the credit was taken back, and why.
    TakenBack(Money, Option<ReversalCause>),
    /// Why there will be no credit.
    Failed(FailureReason),
}

impl TimelineFacts {
    /// Whether the referrer may know that the friend bought something: not where the reason leaves it open
    /// (`docs/rules.md` 209).
    fn tells_purchase(&self) -> bool {
        match self.status {
            ReferralStatus::Pending => {
                let reason = self.pending.as_ref().map(ReferralReason::from);
                reason.is_some_and(ReferralReason::tells_purchase)
            }
            ReferralStatus::Credited | ReferralStatus::Failed => true,
        }
    }
}

/// The steps of a referral, in their order.
pub fn timeline(facts: &TimelineFacts) -> Vec<ReferralStep> {
    let mut steps = vec![ReferralStep::Joined(facts.joined_at)];
    let bought = facts.bought_at.filter(|_| facts.tells_purchase());
    steps.extend(bought.map(ReferralStep::Bought));
    match facts.status {
        ReferralStatus::Pending => {
            steps.extend(facts.pending.clone().map(ReferralStep::Pending));
        }
        ReferralStatus::Failed => steps.extend(facts.failed.clone().map(ReferralStep::Failed)),
        ReferralStatus::Credited => {
            let credited = |credit| ReferralStep::Credited(credit, facts.credited_at);
            steps.extend(facts.credit.map(credited));
            let cause = facts.taken_back_for.map(ReversalCause::to_referrer);
            let taken = |amount| ReferralStep::TakenBack(amount, cause);
            steps.extend(facts.taken_back.map(taken));
        }
    }
    steps
}

impl ReferralStep {
    /// A name for programs, which never changes: `joined`, `on_hold`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Joined(_) => "joined",
            Self::Bought(_) => "bought",
            Self::Pending(why) => ReferralReason::from(why).code(),
            Self::Credited(..) => "credited",
            Self::TakenBack(..) => "taken_back",
            Self::Failed(why) => ReferralReason::from(why).code(),
        }
    }

    /// When it was; `None` where that is not known, or the sentence says it.
    pub fn at(&self) -> Option<OffsetDateTime> {
        match self {
            Self::Joined(at) | Self::Bought(at) => Some(*at),
            Self::Credited(_, at) => *at,
            Self::Pending(_) | Self::TakenBack(..) | Self::Failed(_) => None,
        }
    }

    /// The sentence for the referrer, on the site of this name and with these terms.
    pub fn member_sentence(&self, site: &str, terms: &Terms) -> String {
        match self {
            Self::Joined(_) => "Joined".to_owned(),
            Self::Bought(_) => "Bought".to_owned(),
            Self::Pending(why) => why.member_sentence(site, terms),
            Self::Credited(credit, _) => format!("You earned {credit}"),
            Self::TakenBack(amount, cause) => {
                status_sentence(None, Some(*amount), *cause).unwrap_or_default()
            }
            Self::Failed(why) => why.member_sentence(site),
        }
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::{
        credit::NoCredit, money::Currency, referral::AttributionModel, refund::PartialRefunds,
    };

    const JOINED: OffsetDateTime = datetime!(2026-11-01 12:00 UTC);
    const BOUGHT: OffsetDateTime = datetime!(2026-11-08 12:00 UTC);
    const CREDITED: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);
    const TERMS: Terms = Terms {
        hold_days: 0,
        least: usd(0),
        cap: None,
        partial_refunds: PartialRefunds::TakeNothing,
        review: None,
        attribution: AttributionModel::FirstClick,
    };

    const fn usd(cents: i64) -> Money {
        Money::new(cents, Currency::Usd)
    }

    fn pending(why: PendingReason) -> TimelineFacts {
        TimelineFacts {
            status: ReferralStatus::Pending,
            joined_at: JOINED,
            bought_at: None,
            pending: Some(why),
            failed: None,
            credit: None,
            credited_at: None,
            taken_back: None,
            taken_back_for: None,
        }
    }

    fn credited() -> TimelineFacts {
        TimelineFacts {
            status: ReferralStatus::Credited,
            bought_at: Some(BOUGHT),
            pending: None,
            credit: Some(usd(1000)),
            credited_at: Some(CREDITED),
            ..pending(PendingReason::Registered)
        }
    }

    /// Code, sentence and time of each step.
    fn told(facts: &TimelineFacts) -> Vec<(&'static str, String, Option<OffsetDateTime>)> {
        let steps = timeline(facts);
        let of = |step: &ReferralStep| {
            let words = step.member_sentence("Flint", &TERMS);
            (step.code(), words, step.at())
        };
        steps.iter().map(of).collect()
    }

    #[test]
    fn a_friend_joins_and_buys_and_the_referrer_is_credited() {
        let first = pending(PendingReason::Registered);
        let waits = "You earn when they pay for their first purchase";
        let joined = ("joined", "Joined".to_owned(), Some(JOINED));
        assert_eq!(
            told(&first),
            [joined.clone(), ("awaits_purchase", waits.to_owned(), None)]
        );
        let held = TimelineFacts {
            bought_at: Some(BOUGHT),
            ..pending(PendingReason::OnHold("Nov 22".to_owned()))
        };
        let bought = ("bought", "Bought".to_owned(), Some(BOUGHT));
        assert_eq!(
            told(&held),
            [
                joined.clone(),
                bought.clone(),
                ("on_hold", "On hold until Nov 22".to_owned(), None)
            ]
        );
        let got = ("credited", "You earned $10.00".to_owned(), Some(CREDITED));
        assert_eq!(told(&credited()), [joined, bought, got]);
    }

    #[test]
    fn what_was_taken_back_is_the_last_step() {
        let taken = |cents, cause| TimelineFacts {
            taken_back: Some(usd(cents)),
            taken_back_for: cause,
            ..credited()
        };
        let last = |facts| told(&facts).pop().unwrap();
        let (code, words, _) = last(taken(400, Some(ReversalCause::Refunded)));
        assert_eq!(code, "taken_back");
        assert_eq!(words, "$4.00 taken back: the purchase was refunded");
        let (_, words, _) = last(taken(0, Some(ReversalCause::Refunded)));
        assert_eq!(
            words,
            "The purchase was refunded, but the credit was already spent"
        );
        assert_eq!(told(&taken(400, None)).len(), 4);
    }

    #[test]
    fn why_there_is_no_credit_is_the_last_step() {
        let off = PendingReason::Bought(Some(NoCredit::ProgramOff));
        let facts = TimelineFacts {
            bought_at: Some(BOUGHT),
            ..pending(off)
        };
        let (code, words, _) = told(&facts).pop().unwrap();
        assert_eq!(code, "program_was_off");
        assert!(words.starts_with("They bought while the program was off."));
        let failed = TimelineFacts {
            status: ReferralStatus::Failed,
            failed: Some(FailureReason::Voided("Two accounts".to_owned())),
            ..credited()
        };
        let (code, words, _) = told(&failed).pop().unwrap();
        assert_eq!(code, "ended_by_site");
        assert_eq!(words, "Flint ended this referral");
    }

    /// Neither what a review saw, nor of the friend's bank, nor of Stripe.
    #[test]
    fn what_is_not_the_referrers_business_is_not_told() {
        for (facts, code) in [
            (pending(PendingReason::UnderReview), "under_review"),
            (pending(PendingReason::Frozen), "purchase_not_final"),
            (
                pending(PendingReason::RetryAt("noon".to_owned())),
                "site_must_act",
            ),
        ] {
            let told = told(&facts).pop().unwrap();
            assert_eq!(told.0, code);
            for hidden in ["fraud", "dispute", "Stripe", "noon"] {
                assert!(!told.1.contains(hidden), "{told:?}");
            }
        }
    }
}
