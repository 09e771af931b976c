//! What becomes of a membership, or of a plan, that is refunded.

/// What an admin chooses with the refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MembershipEnding {
    /// It ends at once.
    Now,
    /// It ends when what was paid for ends.
    AtPeriodEnd,
    /// It goes on.
    Keep,
}

impl MembershipEnding {
    pub const ALL: [Self; 3] = [Self::Now, Self::AtPeriodEnd, Self::Keep];

    /// The value in the form and in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::AtPeriodEnd => "at_period_end",
            Self::Keep => "keep",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|ending| ending.code() == code)
    }

    /// The words of the choice.
    pub fn label(self) -> &'static str {
        match self {
            Self::Now => "End it now",
            Self::AtPeriodEnd => "End it at the end of the period",
            Self::Keep => "Keep it",
        }
    }

    /// Whether Stripe has to be asked.
    pub fn ends(self) -> bool {
        self != Self::Keep
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn choices_are_read_back() {
        for ending in MembershipEnding::ALL {
            assert_eq!(MembershipEnding::parse(ending.code()), Some(ending));
        }
        assert_eq!(MembershipEnding::parse(""), None);
    }
}
