//! The two referral programs.

use serde::{Deserialize, Serialize};

/// Which of the two programs a credit belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// A member refers a friend.
    Tenant,
    /// A platform referrer refers a subscriber.
    Platform,
}

impl Program {
    /// The value in the database and in Stripe's metadata.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant => "tenant",
            Self::Platform => "platform",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Tenant, Self::Platform]
            .into_iter()
            .find(|program| program.code() == code)
    }

    /// The description of the balance transaction at Stripe (`docs/rules.md` 24).
    pub fn description(self) -> &'static str {
        match self {
            Self::Tenant => "Referral credit",
            Self::Platform => "Platform referral credit",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_are_the_guides() {
        assert_eq!(Program::Tenant.description(), "Referral credit");
        assert_eq!(Program::Platform.description(), "Platform referral credit");
    }
}
