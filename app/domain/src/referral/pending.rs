//! Why a referral is Pending, and when an admin may have its credit decided again.

use crate::{credit::NoCredit, purchase::CreditCheck};

/// The last purchase of the referred person that was paid, as far as it matters for the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastPurchase {
    pub check: CreditCheck,
    /// Why it earned nothing; `None` if that is not known.
    pub no_credit: Option<NoCredit>,
    /// It was undone at the counter.
    pub undone: bool,
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
    /// The credit is on its way to Stripe.
    BeingIssued,
    /// Stripe did not take it yet. Holds when it is tried again, as pages show a time.
    RetryAt(String),
}

impl PendingReason {
    /// The reason of a referral without a credit in the ledger.
    pub fn of(last: Option<LastPurchase>) -> Self {
        match last {
            None => Self::Registered,
            Some(last) if last.undone => Self::Undone,
            Some(last) if last.check == CreditCheck::Due => Self::BeingIssued,
            Some(last) => Self::Bought(last.no_credit),
        }
    }

    /// The sentence for an admin; `None` where the status says it all.
    pub fn sentence(&self) -> Option<String> {
        Some(match self {
            Self::Registered => return None,
            Self::Bought(Some(why)) => why.sentence().to_owned(),
            Self::Bought(None) => "Bought before, and no credit was decided".to_owned(),
            Self::Undone => "The purchase was undone. The next one counts".to_owned(),
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
            Self::Bought(Some(NoCredit::TestPurchase | NoCredit::OtherCurrency)) => {
                "Earns at their next payment".to_owned()
            }
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

    fn bought(no_credit: Option<NoCredit>) -> LastPurchase {
        LastPurchase {
            check: CreditCheck::Done,
            no_credit,
            undone: false,
        }
    }

    #[test]
    fn each_reason_is_told_apart() {
        let of = PendingReason::of;
        assert_eq!(of(None), PendingReason::Registered);
        assert_eq!(PendingReason::Registered.sentence(), None);
        let off = of(Some(bought(Some(NoCredit::ProgramOff))));
        assert_eq!(off.sentence().unwrap(), "Bought while the program was off");
        let due = LastPurchase {
            check: CreditCheck::Due,
            ..bought(None)
        };
        assert_eq!(of(Some(due)), PendingReason::BeingIssued);
        let undone = LastPurchase {
            undone: true,
            ..bought(None)
        };
        assert_eq!(of(Some(undone)), PendingReason::Undone);
        let later = PendingReason::RetryAt("at noon".to_owned());
        assert!(later.sentence().unwrap().ends_with("Next attempt at noon"));
        assert_eq!(later.member_sentence("Flint"), "Flint is sorting this out");
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
        ] {
            assert!(again(Some(why), true).is_err(), "{why:?}");
        }
        for other in [
            PendingReason::Registered,
            PendingReason::Undone,
            PendingReason::BeingIssued,
        ] {
            assert!(other.may_decide_again(true).is_err(), "{other:?}");
        }
    }
}
