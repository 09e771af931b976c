//! The kinds of ledger rows.

use crate::credit::Program;

/// What a row of the ledger changes about a Stripe balance, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditKind {
    /// A referral earned a credit.
    Earned,
    /// A purchase was paid with credit, in whole or in part: a debit.
    Spent,
    /// A debit went back, because its purchase was not paid, or was undone.
    Returned,
    /// An earned credit was taken back, because the purchase that earned it was undone: a debit.
    Reversed,
    /// A reversal, a move or a correction went back in part, because the balance held less than it took.
    Restored,
    /// A credit left a customer that is no longer its holder's: a debit.
    MovedOut,
    /// What left that customer arrived at the holder's present one.
    MovedIn,
    /// Staff gave a credit by hand.
    Granted,
    /// Staff took credit by hand: a debit.
    Corrected,
    /// Stripe changed the balance by itself, or somebody did in its dashboard. We never post it.
    Observed,
}

impl CreditKind {
    pub const ALL: [Self; 10] = [
        Self::Earned,
        Self::Spent,
        Self::Returned,
        Self::Reversed,
        Self::Restored,
        Self::MovedOut,
        Self::MovedIn,
        Self::Granted,
        Self::Corrected,
        Self::Observed,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Spent => "spent",
            Self::Returned => "returned",
            Self::Reversed => "reversed",
            Self::Restored => "restored",
            Self::MovedOut => "moved_out",
            Self::MovedIn => "moved_in",
            Self::Granted => "granted",
            Self::Corrected => "corrected",
            Self::Observed => "observed",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The description of the balance transaction at Stripe (`docs/rules.md` 24); empty for what we do
    /// not post.
    pub fn description(self, program: Program) -> &'static str {
        match self {
            Self::Earned => program.description(),
            Self::Spent => "Referral credit used for a purchase",
            Self::Returned => "Referral credit returned",
            Self::Reversed => "Referral credit taken back",
            Self::Restored => "Referral credit restored",
            Self::MovedOut => "Referral credit moved to another customer",
            Self::MovedIn => "Referral credit moved from another customer",
            Self::Granted => "Credit given by the staff",
            Self::Corrected => "Credit taken by the staff",
            Self::Observed => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_read_back() {
        for kind in CreditKind::ALL {
            assert_eq!(CreditKind::parse(kind.code()), Some(kind));
        }
        assert_eq!(CreditKind::parse("credit"), None);
    }

    #[test]
    fn a_credit_that_was_earned_is_described_by_its_program() {
        for program in [Program::Tenant, Program::Platform] {
            let earned = CreditKind::Earned.description(program);
            assert_eq!(earned, program.description());
        }
    }
}
