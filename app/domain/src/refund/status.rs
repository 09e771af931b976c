//! The state of a refund: Stripe's, and two of our own for what Stripe was asked for.

/// The state of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefundStatus {
    /// We ask Stripe for it, and do not know yet whether it has it.
    Requested,
    /// Stripe refused it: nothing is given back.
    Refused,
    /// Stripe has it, and the money is on its way.
    Pending,
    /// The buyer has to do something before the money arrives.
    RequiresAction,
    /// The money was given back.
    Succeeded,
    /// The money came back to the merchant, even if the refund had succeeded before.
    Failed,
    /// It was canceled before the money left.
    Canceled,
}

impl RefundStatus {
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::Refused,
        Self::Pending,
        Self::RequiresAction,
        Self::Succeeded,
        Self::Failed,
        Self::Canceled,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Refused => "refused",
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Reads a refund's `status` (Stripe, "The Refund object"); `None` for one that we do not know.
    pub fn of_stripe(status: Option<&str>) -> Option<Self> {
        let status = Self::parse(status?)?;
        (!matches!(status, Self::Requested | Self::Refused)).then_some(status)
    }

    /// The words in a list of refunds.
    pub fn words(self) -> &'static str {
        match self {
            Self::Requested => "Waiting for Stripe",
            Self::Refused => "Refused by Stripe",
            Self::Pending => "Pending",
            Self::RequiresAction => "Waits for the buyer",
            Self::Succeeded => "Refunded",
            Self::Failed => "Failed",
            Self::Canceled => "Canceled",
        }
    }

    /// Whether the money may still be given back.
    pub fn is_open(self) -> bool {
        matches!(self, Self::Requested | Self::Pending | Self::RequiresAction)
    }

    /// Whether the money was given back.
    pub fn counts(self) -> bool {
        self == Self::Succeeded
    }

    /// The state once Stripe has said `heard`, perhaps late and for the second time. A refund that
    /// succeeded may fail later, and one that failed or was canceled stays so (Stripe, "Refunds").
    #[must_use]
    pub fn after(self, heard: Self) -> Self {
        match heard.rank() >= self.rank() {
            true => heard,
            false => self,
        }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Requested => 0,
            Self::Refused => 1,
            Self::Pending | Self::RequiresAction => 2,
            Self::Succeeded => 3,
            // They do not follow each other.
            Self::Canceled => 4,
            Self::Failed => 5,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn states_are_read_back() {
        for status in RefundStatus::ALL {
            assert_eq!(RefundStatus::parse(status.code()), Some(status));
        }
        assert_eq!(RefundStatus::parse("done"), None);
        for ours in [RefundStatus::Requested, RefundStatus::Refused] {
            assert_eq!(RefundStatus::of_stripe(Some(ours.code())), None);
        }
        assert_eq!(RefundStatus::of_stripe(None), None);
        let pending = RefundStatus::of_stripe(Some("pending"));
        assert_eq!(pending, Some(RefundStatus::Pending));
    }

    #[test]
    fn what_succeeded_may_fail_and_what_failed_stays_so() {
        let (succeeded, failed) = (RefundStatus::Succeeded, RefundStatus::Failed);
        assert_eq!(RefundStatus::Requested.after(succeeded), succeeded);
        assert_eq!(succeeded.after(failed), failed);
        assert_eq!(failed.after(succeeded), failed);
        assert_eq!(succeeded.after(RefundStatus::Pending), succeeded);
        // Stripe has it after all.
        let refused = RefundStatus::Refused;
        assert_eq!(refused.after(RefundStatus::Pending), RefundStatus::Pending);
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            mut heard in prop::collection::vec(prop::sample::select(RefundStatus::ALL.to_vec()), 1..8),
            turn: usize,
        ) {
            let end = |heard: &[RefundStatus]| {
                let end = heard.iter().fold(RefundStatus::Requested, |now, heard| now.after(*heard));
                (end.counts(), end.is_open())
            };
            let straight = end(&heard);
            let length = heard.len();
            heard.rotate_left(turn % length);
            heard.extend(heard.clone());
            prop_assert_eq!(end(&heard), straight);
        }
    }
}
