//! What a difference between Stripe and the ledger means, and what to do about it (`docs/rules.md` 149).

/// A difference between a customer's balance at Stripe and the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Difference {
    /// Stripe has more: somebody gave credit in Stripe's dashboard, or an invoice gave it back.
    Added,
    /// Stripe has less: an invoice or a person took it.
    Taken,
    /// A change that the ledger counts is not at Stripe.
    NotAtStripe,
    /// Stripe has a change of ours that the ledger does not know, as after a backup was restored.
    NotInLedger,
    /// Stripe has a change of ours that the ledger counts as failed.
    CountedAsFailed,
    /// Stripe no longer has a customer to whom the ledger owes credit.
    CustomerDeleted,
    /// An invoice charged a debt that a debit of ours had made.
    Overcharged,
}

impl Difference {
    pub const ALL: [Self; 7] = [
        Self::Added,
        Self::Taken,
        Self::NotAtStripe,
        Self::NotInLedger,
        Self::CountedAsFailed,
        Self::CustomerDeleted,
        Self::Overcharged,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Taken => "taken",
            Self::NotAtStripe => "not_at_stripe",
            Self::NotInLedger => "not_in_ledger",
            Self::CountedAsFailed => "counted_as_failed",
            Self::CustomerDeleted => "customer_deleted",
            Self::Overcharged => "overcharged",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// What others did is explained once the ledger has observed it. Everything else waits for a person.
    pub fn state(self) -> DifferenceState {
        match self {
            Self::Added | Self::Taken => DifferenceState::Explained,
            Self::NotAtStripe
            | Self::NotInLedger
            | Self::CountedAsFailed
            | Self::CustomerDeleted
            | Self::Overcharged => DifferenceState::Open,
        }
    }

    /// What it means, in a sentence for staff.
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Added => {
                "Stripe has more. Somebody gave credit in Stripe\u{2019}s dashboard, or an invoice gave it back."
            }
            Self::Taken => {
                "Stripe has less. An invoice was paid with it, or somebody took it in Stripe\u{2019}s dashboard."
            }
            Self::NotAtStripe => "The ledger counts a change that Stripe does not have.",
            Self::NotInLedger => {
                "Stripe has a change that this site made and has no record of. That happens when a backup was restored."
            }
            Self::CountedAsFailed => {
                "Stripe has a change that is listed here as failed. Its answer was lost on the way."
            }
            Self::CustomerDeleted => {
                "The customer was deleted at Stripe, and the credit went with it."
            }
            Self::Overcharged => {
                "Taking credit back left the balance below zero for a moment, and an invoice charged that to the customer."
            }
        }
    }

    /// What to do about it, in a sentence for staff.
    pub fn advice(self) -> &'static str {
        match self {
            Self::Added | Self::Taken => {
                "Nothing. It is on the member\u{2019}s statement now, as a change that this site did not make."
            }
            Self::NotAtStripe => {
                "Look at the customer in Stripe. If the credit is missing there, give it by hand."
            }
            Self::NotInLedger => {
                "Open the member\u{2019}s credit page. A debit can be returned there; a credit is found again when \
                 its referral is decided."
            }
            Self::CountedAsFailed => {
                "Retry the referral. What Stripe has is found, and not given twice."
            }
            Self::CustomerDeleted => {
                "Give the credit by hand if it is still owed. The next credit makes a new customer."
            }
            Self::Overcharged => {
                "Refund the amount of that invoice in Stripe, then mark it as done."
            }
        }
    }
}

/// Whether a difference waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DifferenceState {
    Open,
    /// The ledger has it now.
    Explained,
    /// Somebody of the staff says that it is done.
    Done,
}

impl DifferenceState {
    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Explained => "explained",
            Self::Done => "done",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        [Self::Open, Self::Explained, Self::Done]
            .into_iter()
            .find(|state| state.code() == code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for kind in Difference::ALL {
            assert_eq!(Difference::parse(kind.code()), Some(kind));
            let state = kind.state();
            assert_eq!(DifferenceState::parse(state.code()), Some(state));
        }
        assert_eq!(Difference::parse("x"), None);
    }

    #[test]
    fn only_what_others_did_needs_nobody() {
        for kind in Difference::ALL {
            let others = matches!(kind, Difference::Added | Difference::Taken);
            let is_open = kind.state() == DifferenceState::Open;
            assert_eq!(is_open, !others, "{kind:?}");
            assert_eq!(kind.advice().starts_with("Nothing."), others, "{kind:?}");
        }
    }
}
