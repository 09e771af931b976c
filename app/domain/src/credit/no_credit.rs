//! Why a paid purchase earned nobody a credit.

/// The reason, as it is stored with the purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoCredit {
    /// The credit amount was 0 (`docs/rules.md` 14).
    ProgramOff,
    /// It was free, or credit or the balance covered it (`docs/rules.md` 11).
    NothingPaid,
    /// The buyer had not confirmed the e-mail address, and the site counts only who did
    /// (`docs/rules.md` 74).
    Unconfirmed,
    /// It was made in test mode while the account is in live mode.
    TestPurchase,
    /// It was paid in another currency (`docs/rules.md` 46).
    OtherCurrency,
    /// The buyer had made a first purchase before, in an account that was deleted (`docs/rules.md` 104).
    BoughtBefore,
    /// Less was paid than the program asks for (`docs/rules.md` 134).
    BelowLeast,
    /// The referrer had earned as many credits as the program gives in a period (`docs/rules.md` 135).
    CapReached,
    /// What was paid went back before the credit was issued (`docs/rules.md` 123).
    Refunded,
    /// The membership ended while the credit was on hold (`docs/rules.md` 145).
    MembershipEnded,
}

impl NoCredit {
    const ALL: [Self; 10] = [
        Self::ProgramOff,
        Self::NothingPaid,
        Self::Unconfirmed,
        Self::TestPurchase,
        Self::OtherCurrency,
        Self::BoughtBefore,
        Self::BelowLeast,
        Self::CapReached,
        Self::Refunded,
        Self::MembershipEnded,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::ProgramOff => "program_off",
            Self::NothingPaid => "nothing_paid",
            Self::Unconfirmed => "unconfirmed",
            Self::TestPurchase => "test_purchase",
            Self::OtherCurrency => "other_currency",
            Self::BoughtBefore => "bought_before",
            Self::BelowLeast => "below_least",
            Self::CapReached => "cap_reached",
            Self::Refunded => "refunded",
            Self::MembershipEnded => "membership_ended",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.code() == code)
    }

    /// The sentence for an admin.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ProgramOff => "Bought while the program was off",
            Self::NothingPaid => "Only free things, or paid with credit, so far",
            Self::Unconfirmed => "Has not confirmed the email address",
            Self::TestPurchase => "Bought in test mode. A live purchase counts",
            Self::OtherCurrency => "Paid in another currency",
            Self::BoughtBefore => "Had bought before, in an account that was deleted",
            Self::BelowLeast => "Paid less than a purchase that counts",
            Self::CapReached => "The referrer had earned the most credits of the period",
            Self::Refunded => "The purchase was refunded before the credit was issued",
            Self::MembershipEnded => "The membership ended while the credit was on hold",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_survives_its_code() {
        for why in NoCredit::ALL {
            assert_eq!(NoCredit::parse(why.code()), Some(why));
        }
    }
}
