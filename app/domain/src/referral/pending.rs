//! Why a referral is Pending, and when an admin may have its credit decided again.

use crate::{credit::NoCredit, money::Money, purchase::CreditCheck};

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
    fn no_credit(&self) -> Option<NoCredit> {
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
            None | Some(NoCredit::ProgramOff | NoCredit::Unconfirmed)
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
            Self::BeingIssued | Self::RetryAt(_) => self,
            _ => Self::FriendDeleted,
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
            Self::BeingIssued => "The credit is being issued".to_owned(),
            Self::RetryAt(at) => format!("Stripe did not take the credit yet. Next attempt {at}"),
        })
    }

    /// The sentence for the referrer, on the site of this name.
    pub fn member_sentence(&self, site: &str) -> String {
        match self {
            Self::Registered | Self::Undone => {
                "Earns when they pay for their first purchase".to_owned()
            }
            Self::Bought(Some(NoCredit::NothingPaid)) => {
                "What they have was free or paid with credit. Earns at their first payment"
                    .to_owned()
            }
            Self::Bought(Some(NoCredit::ProgramOff) | None) => {
                "They bought while the program was off. Earns at their next payment".to_owned()
            }
            Self::Bought(Some(NoCredit::Unconfirmed)) => {
                "Earns once they confirm their email address".to_owned()
            }
            Self::Bought(Some(NoCredit::TestPurchase | NoCredit::OtherCurrency)) => {
                "Earns at their next payment".to_owned()
            }
            Self::Bought(Some(NoCredit::BoughtBefore)) => {
                format!("Only friends who are new to {site} earn you a credit")
            }
            Self::FriendDeleted => "The account was deleted".to_owned(),
            Self::BeingIssued => "Your credit is on its way".to_owned(),
            Self::RetryAt(_) => format!("{site} is sorting this out"),
        }
    }

    /// Whether a purchase is there of which the credit can be decided again.
    ///
    /// # Errors
    /// The sentence for the admin says why not.
    pub fn may_decide_again(&self, program_is_on: bool) -> Result<(), &'static str> {
        match self {
            Self::Bought(Some(NoCredit::Unconfirmed)) => {
                Err("This is decided again by itself once the friend confirms the email address.")
            }
            Self::Bought(Some(NoCredit::ProgramOff) | None) if program_is_on => Ok(()),
            Self::Bought(Some(NoCredit::ProgramOff) | None) => {
                Err("The program is off. Set a credit amount in Site Settings first.")
            }
            _ => Err("There is no purchase whose credit can be decided again."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::Currency;

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
        assert_eq!(later.member_sentence("Flint"), "Flint is sorting this out");
    }

    #[test]
    fn a_friend_who_is_gone_buys_nothing_more() {
        let gone = PendingReason::Registered.after_deletion();
        assert_eq!(gone.sentence().unwrap(), "The friend's account was deleted");
        assert_eq!(gone.member_sentence("Flint"), "The account was deleted");
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
            assert_eq!(reason.may_decide_again(true), Ok(()), "{later:?}");
        }
        let two = [off, off];
        assert_eq!(PaidPurchase::that_matters(&two), Some(1));
    }

    #[test]
    fn only_what_the_switch_decided_is_decided_again() {
        let again = |no_credit, on| PendingReason::Bought(no_credit).may_decide_again(on);
        assert_eq!(again(Some(NoCredit::ProgramOff), true), Ok(()));
        assert_eq!(again(None, true), Ok(()));
        let off = again(Some(NoCredit::ProgramOff), false).unwrap_err();
        assert!(off.starts_with("The program is off."));
        for why in [
            NoCredit::NothingPaid,
            NoCredit::TestPurchase,
            NoCredit::OtherCurrency,
            NoCredit::Unconfirmed,
            NoCredit::BoughtBefore,
        ] {
            assert!(again(Some(why), true).is_err(), "{why:?}");
        }
        for other in [
            PendingReason::Registered,
            PendingReason::Undone,
            PendingReason::BeingIssued,
            PendingReason::FriendDeleted,
        ] {
            assert!(other.may_decide_again(true).is_err(), "{other:?}");
        }
    }
}
