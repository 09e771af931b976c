//! Why a referral is Pending.

use crate::{
    credit::{NoCredit, Terms},
    money::Money,
    purchase::CreditCheck,
};

/// A paid purchase of the referred person, as far as it matters for the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaidPurchase {
    pub check: CreditCheck,
    /// Why it earned nothing, as it was stored when that was decided.
    pub decided: Option<NoCredit>,
    /// What was paid beside credit; `None` if it was paid in another currency.
    pub paid: Option<Money>,
    /// It was undone at the counter.
    pub undone: bool,
}

impl PaidPurchase {
    /// Why it earned nothing; `None` if that is not known. What was free or paid in another currency
    /// needed no decision.
    pub(super) fn no_credit(&self) -> Option<NoCredit> {
        self.decided.or(match self.paid {
            None => Some(NoCredit::OtherCurrency),
            Some(paid) => (!paid.is_positive()).then_some(NoCredit::NothingPaid),
        })
    }

    fn is_due(&self) -> bool {
        !self.undone && self.check == CreditCheck::Due
    }

    /// Whether the present setting may decide otherwise.
    fn is_decidable(&self) -> bool {
        let by_a_setting = matches!(
            self.no_credit(),
            None | Some(
                NoCredit::ProgramOff
                    | NoCredit::Unconfirmed
                    | NoCredit::BelowLeast
                    | NoCredit::CapReached
            )
        );
        !self.undone && self.check == CreditCheck::Done && by_a_setting
    }

    /// The place of the one among `purchases`, oldest first, that says why the referral is Pending: one
    /// that is being decided, or else the last that can be decided again, or else the last.
    pub fn that_matters(purchases: &[Self]) -> Option<usize> {
        let last = |which: fn(&Self) -> bool| purchases.iter().rposition(which);
        last(Self::is_due)
            .or_else(|| last(Self::is_decidable))
            .or_else(|| last(|_| true))
    }
}

/// Why a referral is Pending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PendingReason {
    /// The friend registered and bought nothing yet.
    Registered,
    /// The friend bought something, which earned nothing; `None` if it is not known why.
    Bought(Option<NoCredit>),
    /// The purchase that counted was undone.
    Undone,
    /// The friend's account was deleted.
    FriendDeleted,
    /// The credit is decided, and on hold. Holds the day on which it ends, as pages show a day: `Dec 12`.
    OnHold(String),
    /// The credit is decided, and waits until an admin has looked at it.
    UnderReview,
    /// The credit is decided, and waits until a refund or a dispute of its purchase is.
    Frozen,
    /// The credit is on its way to Stripe.
    BeingIssued,
    /// Stripe did not take it yet. Holds when it is tried again, as pages show a time.
    RetryAt(String),
}

impl PendingReason {
    /// The reason of a referral without a credit in the ledger; `purchases` are the referred person's,
    /// oldest first.
    pub fn of(purchases: &[PaidPurchase]) -> Self {
        let matters = PaidPurchase::that_matters(purchases).and_then(|at| purchases.get(at));
        match matters {
            None => Self::Registered,
            Some(one) if one.undone => Self::Undone,
            Some(one) if one.is_due() => Self::BeingIssued,
            Some(one) => Self::Bought(one.no_credit()),
        }
    }

    /// The reason once the friend's account was deleted: nothing is bought with it any more.
    #[must_use]
    pub fn after_deletion(self) -> Self {
        match self {
            Self::OnHold(_)
            | Self::UnderReview
            | Self::Frozen
            | Self::BeingIssued
            | Self::RetryAt(_) => self,
            _ => Self::FriendDeleted,
        }
    }

    /// The sentence about a hold or a review, if there is one: what a platform referrer reads.
    pub fn hold(&self) -> Option<String> {
        match self {
            Self::OnHold(until) => Some(on_hold(until)),
            Self::UnderReview => Some(UNDER_REVIEW.to_owned()),
            _ => None,
        }
    }

    /// The sentence for an admin; `None` where the status says it all.
    pub fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::Registered => return None,
            Self::Bought(Some(why)) => why.sentence().to_owned(),
            Self::Bought(None) => "Bought before, and no credit was decided".to_owned(),
            Self::Undone => "The purchase was undone. The next one counts".to_owned(),
            Self::FriendDeleted => "The friend's account was deleted".to_owned(),
            Self::OnHold(until) => on_hold(until),
            Self::UnderReview => UNDER_REVIEW.to_owned(),
            Self::Frozen => "Waits: the purchase is being refunded, or is disputed".to_owned(),
            Self::BeingIssued => "The credit is being issued".to_owned(),
            Self::RetryAt(at) => format!("Stripe did not take the credit yet. Next attempt {at}"),
        })
    }

    /// The sentence for the referrer, on the site of this name and with these terms.
    pub fn member_sentence(&self, site: &str, terms: &Terms) -> String {
        let next = || earns_at(terms, "their next payment");
        match self {
            Self::Registered | Self::Undone if terms.least.is_positive() => next(),
            Self::Registered | Self::Undone => {
                "You earn when they pay for their first purchase".to_owned()
            }
            Self::Bought(Some(NoCredit::NothingPaid)) => format!(
                "What they got so far was free or paid with credit. {}",
                earns_at(terms, "their first payment")
            ),
            Self::Bought(Some(NoCredit::ProgramOff) | None) => {
                format!("They bought while the program was off. {}", next())
            }
            Self::Bought(Some(NoCredit::Unconfirmed)) => {
                "You earn once they confirm their email address".to_owned()
            }
            Self::Bought(Some(
                NoCredit::TestPurchase
                | NoCredit::OtherCurrency
                | NoCredit::BelowLeast
                | NoCredit::Refunded
                | NoCredit::MembershipEnded,
            )) => next(),
            Self::Bought(Some(NoCredit::CapReached)) => match terms.cap {
                Some(cap) => format!(
                    "{} count. You may earn from a later payment",
                    cap.sentence()
                ),
                None => next(),
            },
            Self::Bought(Some(NoCredit::BoughtBefore)) => {
                format!("Only friends who are new to {site} earn you a credit")
            }
            Self::FriendDeleted => "The account was deleted".to_owned(),
            Self::OnHold(until) => on_hold(until),
            Self::UnderReview => UNDER_REVIEW.to_owned(),
            Self::Frozen => "Waiting for the purchase to become final".to_owned(),
            Self::BeingIssued => "Your credit is on its way".to_owned(),
            Self::RetryAt(_) => format!("{site} is sorting this out"),
        }
    }
}

/// The sentence about a credit under review. Nobody but an admin reads what was seen.
const UNDER_REVIEW: &str = "Under review";

/// The sentence about a credit on hold, which everybody reads.
fn on_hold(until: &str) -> String {
    format!("On hold until {until}")
}

/// At what the friend's referrer earns next; `when` if any payment counts.
fn earns_at(terms: &Terms, when: &str) -> String {
    match terms.least.is_positive() {
        true => format!(
            "You earn when they make a purchase of {} or more",
            terms.least
        ),
        false => format!("You earn from {when}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        credit::{Cap, CapPeriod},
        money::Currency,
        referral::{AttributionModel, PresentSettings},
        refund::PartialRefunds,
    };

    /// The terms of the guide.
    const GUIDE: Terms = Terms {
        hold_days: 0,
        least: Money::new(0, Currency::Usd),
        cap: None,
        partial_refunds: PartialRefunds::TakeNothing,
        review: None,
        attribution: AttributionModel::FirstClick,
    };

    /// Paid with money.
    fn bought(decided: Option<NoCredit>) -> PaidPurchase {
        PaidPurchase {
            check: CreditCheck::Done,
            decided,
            paid: Some(Money::new(4500, Currency::Usd)),
            undone: false,
        }
    }

    fn free() -> PaidPurchase {
        PaidPurchase {
            paid: Some(Money::new(0, Currency::Usd)),
            ..bought(None)
        }
    }

    fn undone() -> PaidPurchase {
        PaidPurchase {
            undone: true,
            ..bought(None)
        }
    }

    #[test]
    fn each_reason_is_told_apart() {
        let of = |purchase| PendingReason::of(&[purchase]);
        assert_eq!(PendingReason::of(&[]), PendingReason::Registered);
        assert_eq!(PendingReason::Registered.sentence(), None);
        let off = of(bought(Some(NoCredit::ProgramOff)));
        assert_eq!(off.sentence().unwrap(), "Bought while the program was off");
        let due = PaidPurchase {
            check: CreditCheck::Due,
            ..bought(None)
        };
        assert_eq!(of(due), PendingReason::BeingIssued);
        assert_eq!(of(undone()), PendingReason::Undone);
        assert_eq!(
            of(free()),
            PendingReason::Bought(Some(NoCredit::NothingPaid))
        );
        let foreign = PaidPurchase {
            paid: None,
            ..bought(None)
        };
        let other = PendingReason::Bought(Some(NoCredit::OtherCurrency));
        assert_eq!(of(foreign), other);
        assert_eq!(of(bought(None)), PendingReason::Bought(None));
        let later = PendingReason::RetryAt("at noon".to_owned());
        assert!(later.sentence().unwrap().ends_with("Next attempt at noon"));
        assert_eq!(
            later.member_sentence("Flint", &GUIDE),
            "Flint is sorting this out"
        );
    }

    #[test]
    fn what_the_terms_ask_for_is_told() {
        let twenty_five = Terms {
            least: Money::new(2500, Currency::Usd),
            ..GUIDE
        };
        let below = PendingReason::Bought(Some(NoCredit::BelowLeast));
        let words = "You earn when they make a purchase of $25.00 or more";
        assert_eq!(below.member_sentence("Flint", &twenty_five), words);
        let first = PendingReason::Registered;
        assert_eq!(first.member_sentence("Flint", &twenty_five), words);
        // The setting was taken back meanwhile.
        let next = "You earn from their next payment";
        assert_eq!(below.member_sentence("Flint", &GUIDE), next);
        let reached = PendingReason::Bought(Some(NoCredit::CapReached));
        assert_eq!(reached.member_sentence("Flint", &GUIDE), next);
        let capped = Terms {
            cap: Some(Cap {
                credits: 5,
                period: CapPeriod::ThirtyDays,
            }),
            ..GUIDE
        };
        assert_eq!(
            reached.member_sentence("Flint", &capped),
            "At most 5 credits in 30 days count. You may earn from a later payment"
        );
    }

    #[test]
    fn a_credit_on_hold_says_until_when() {
        let held = PendingReason::OnHold("Dec 12".to_owned());
        assert_eq!(held.sentence().unwrap(), "On hold until Dec 12");
        assert_eq!(held.hold(), held.sentence());
        assert_eq!(PendingReason::BeingIssued.hold(), None);
        assert_eq!(
            held.member_sentence("Flint", &GUIDE),
            "On hold until Dec 12"
        );
        let gone = held.clone().after_deletion();
        assert_eq!(gone, held, "the friend's deletion changes nothing");
        assert!(held.may_decide_again(PresentSettings::OPEN).is_err());
    }

    #[test]
    fn a_credit_under_review_says_no_more() {
        let waits = PendingReason::UnderReview;
        assert_eq!(waits.sentence().unwrap(), "Under review");
        assert_eq!(waits.hold(), waits.sentence());
        assert_eq!(waits.member_sentence("Flint", &GUIDE), "Under review");
        assert_eq!(waits.clone().after_deletion(), waits);
        assert!(waits.may_decide_again(PresentSettings::OPEN).is_err());
    }

    #[test]
    fn what_was_refunded_or_may_be_says_so() {
        let refunded = PendingReason::of(&[bought(Some(NoCredit::Refunded))]);
        let words = "The purchase was refunded before the credit was issued";
        assert_eq!(refunded.sentence().unwrap(), words);
        assert_eq!(
            refunded.member_sentence("Flint", &GUIDE),
            "You earn from their next payment"
        );
        assert!(refunded.may_decide_again(PresentSettings::OPEN).is_err());
        let frozen = PendingReason::Frozen.after_deletion();
        assert_eq!(frozen, PendingReason::Frozen);
        assert!(!frozen.member_sentence("Flint", &GUIDE).contains("dispute"));
    }

    #[test]
    fn a_friend_who_is_gone_buys_nothing_more() {
        let gone = PendingReason::Registered.after_deletion();
        assert_eq!(gone.sentence().unwrap(), "The friend's account was deleted");
        assert_eq!(
            gone.member_sentence("Flint", &GUIDE),
            "The account was deleted"
        );
        let due = PendingReason::BeingIssued.after_deletion();
        assert_eq!(due, PendingReason::BeingIssued);
    }

    #[test]
    fn what_can_be_decided_again_is_not_hidden_by_what_came_later() {
        let off = bought(Some(NoCredit::ProgramOff));
        for later in [free(), undone(), bought(Some(NoCredit::TestPurchase))] {
            let purchases = [undone(), off, later];
            assert_eq!(PaidPurchase::that_matters(&purchases), Some(1));
            let reason = PendingReason::of(&purchases);
            assert_eq!(
                reason.may_decide_again(PresentSettings::OPEN),
                Ok(()),
                "{later:?}"
            );
        }
        let two = [off, off];
        assert_eq!(PaidPurchase::that_matters(&two), Some(1));
    }
}
