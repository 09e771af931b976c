//! When an admin may have the credit of a Pending referral decided again: once the settings that were against
//! it have changed.

use crate::{credit::NoCredit, referral::PendingReason};

/// What the settings of now say of a purchase that earned nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PresentSettings {
    pub program_is_on: bool,
    /// Less was paid than a purchase that counts.
    pub is_below_least: bool,
    /// The referrer earned as many credits as the program gives in the period.
    pub cap_is_reached: bool,
}

impl PresentSettings {
    /// Nothing is in the way of a credit.
    pub const OPEN: Self = Self {
        program_is_on: true,
        is_below_least: false,
        cap_is_reached: false,
    };

    fn may_earn(self) -> Result<(), &'static str> {
        match self {
            Self {
                program_is_on: false,
                ..
            } => Err("The program is off. Set a credit amount in Site Settings first."),
            Self {
                is_below_least: true,
                ..
            } => Err(
                "Less was paid than a purchase that counts. Change the least in Site Settings first.",
            ),
            Self {
                cap_is_reached: true,
                ..
            } => Err(
                "The referrer earned the most credits of the period. Wait until it is over, or change \
                 the cap in Site Settings.",
            ),
            _ => Ok(()),
        }
    }
}

impl PendingReason {
    /// Whether a purchase is there of which the credit can be decided again.
    ///
    /// # Errors
    /// The sentence for the admin says why not.
    pub fn may_decide_again(&self, now: PresentSettings) -> Result<(), &'static str> {
        match self {
            Self::Bought(Some(NoCredit::Unconfirmed)) => {
                Err("This is decided again by itself once the friend confirms the email address.")
            }
            Self::Bought(
                None | Some(NoCredit::ProgramOff | NoCredit::BelowLeast | NoCredit::CapReached),
            ) => now.may_earn(),
            _ => Err("There is no purchase whose credit can be decided again."),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_switch_decided_is_decided_again() {
        let again = |no_credit, now| PendingReason::Bought(no_credit).may_decide_again(now);
        let open = PresentSettings::OPEN;
        let by_settings = [
            NoCredit::ProgramOff,
            NoCredit::BelowLeast,
            NoCredit::CapReached,
        ];
        for why in by_settings.map(Some).into_iter().chain([None]) {
            assert_eq!(again(why, open), Ok(()), "{why:?}");
            let refused = |now| again(why, now).unwrap_err();
            let off = refused(PresentSettings {
                program_is_on: false,
                ..open
            });
            assert!(off.starts_with("The program is off."));
            let below = refused(PresentSettings {
                is_below_least: true,
                ..open
            });
            assert!(below.starts_with("Less was paid than"));
            let reached = refused(PresentSettings {
                cap_is_reached: true,
                ..open
            });
            assert!(reached.starts_with("The referrer earned the most"));
        }
        for why in [
            NoCredit::NothingPaid,
            NoCredit::TestPurchase,
            NoCredit::OtherCurrency,
            NoCredit::Unconfirmed,
            NoCredit::BoughtBefore,
            NoCredit::Refunded,
            NoCredit::MembershipEnded,
        ] {
            assert!(again(Some(why), open).is_err(), "{why:?}");
        }
        for other in [
            PendingReason::Registered,
            PendingReason::Undone,
            PendingReason::BeingIssued,
            PendingReason::FriendDeleted,
        ] {
            assert!(
                other.may_decide_again(PresentSettings::OPEN).is_err(),
                "{other:?}"
            );
        }
    }
}
