//! The kinds of ledger rows.

use crate::credit::Program;

/// What a row of the ledger changes about a Stripe balance, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditKind {
    /// A referral earned a credit.
    Earned,
    /// A purchase was paid with credit, in whole or in part: a debit.
    Spent,
    /// A debit went back, because its purchase was not paid.
    Returned,
}

impl CreditKind {
    pub const ALL: [Self; 3] = [Self::Earned, Self::Spent, Self::Returned];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Earned => "earned",
            Self::Spent => "spent",
            Self::Returned => "returned",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The description of the balance transaction at Stripe (`docs/rules.md` 24).
    pub fn description(self, program: Program) -> &'static str {
        match self {
            Self::Earned => program.description(),
            Self::Spent => "Referral credit used for a purchase",
            Self::Returned => "Referral credit returned",
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
