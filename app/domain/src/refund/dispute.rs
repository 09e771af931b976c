//! Disputes: what Stripe says of one, and what it means for its purchase.

/// The state of a dispute (Stripe, "The Dispute object").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum DisputeStatus {
    /// An inquiry: no money moved.
    WarningNeedsResponse,
    WarningUnderReview,
    WarningClosed,
    /// The bank took the money back, and waits for the merchant's answer.
    NeedsResponse,
    UnderReview,
    /// It was settled before it became one; a refund, if there was one, says so itself.
    Prevented,
    Lost,
    /// The merchant has the money again.
    Won,
}

impl DisputeStatus {
    /// Every state; of two, the later one here stays when events come in any order.
    pub const ALL: [Self; 8] = [
        Self::WarningNeedsResponse,
        Self::WarningUnderReview,
        Self::WarningClosed,
        Self::NeedsResponse,
        Self::UnderReview,
        Self::Prevented,
        Self::Lost,
        Self::Won,
    ];

    /// The value in the database, which is Stripe's.
    pub fn code(self) -> &'static str {
        match self {
            Self::WarningNeedsResponse => "warning_needs_response",
            Self::WarningUnderReview => "warning_under_review",
            Self::WarningClosed => "warning_closed",
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Prevented => "prevented",
            Self::Lost => "lost",
            Self::Won => "won",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.code() == code)
    }

    /// Reads a dispute's `status`; `None` for one that we do not know. Endpoints of older API versions
    /// say `charge_refunded` of one that ended by a refund. One that is appealed stays lost until it is won.
    pub fn of_stripe(status: Option<&str>) -> Option<Self> {
        match status? {
            "charge_refunded" => Some(Self::Prevented),
            "appeal_needs_response" | "appeal_under_review" => Some(Self::Lost),
            status => Self::parse(status),
        }
    }

    /// The state once Stripe has said `heard`, perhaps late and for the second time. An inquiry may
    /// become a dispute, and a lost one may be won later, never the other way round.
    #[must_use]
    pub fn after(self, heard: Self) -> Self {
        let place = |status| Self::ALL.into_iter().position(|one| one == status);
        match place(heard) >= place(self) {
            true => heard,
            false => self,
        }
    }

    /// What it means for its purchase; `None` if nothing.
    pub fn state(self) -> Option<DisputeState> {
        match self {
            Self::NeedsResponse | Self::UnderReview => Some(DisputeState::Open),
            Self::Lost => Some(DisputeState::Lost),
            Self::WarningNeedsResponse
            | Self::WarningUnderReview
            | Self::WarningClosed
            | Self::Prevented
            | Self::Won => None,
        }
    }
}

/// What disputes mean for a purchase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DisputeState {
    /// The bank has the money, and may give it back.
    Open,
    /// The money is gone.
    Lost,
}

impl DisputeState {
    const ALL: [Self; 2] = [Self::Open, Self::Lost];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Lost => "lost",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }

    /// The label of the purchase.
    pub fn label(self) -> &'static str {
        match self {
            Self::Open => "Disputed",
            Self::Lost => "Dispute lost",
        }
    }

    /// What several disputes of one payment mean together.
    pub fn of_all(disputes: impl IntoIterator<Item = DisputeStatus>) -> Option<Self> {
        disputes.into_iter().filter_map(DisputeStatus::state).max()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn states_are_read_back() {
        for status in DisputeStatus::ALL {
            assert_eq!(DisputeStatus::parse(status.code()), Some(status));
            assert_eq!(DisputeStatus::of_stripe(Some(status.code())), Some(status));
        }
        assert_eq!(DisputeStatus::of_stripe(Some("new")), None);
        let refunded = DisputeStatus::of_stripe(Some("charge_refunded"));
        assert_eq!(refunded, Some(DisputeStatus::Prevented));
        let appealed = DisputeStatus::of_stripe(Some("appeal_under_review"));
        assert_eq!(appealed, Some(DisputeStatus::Lost));
        for state in [DisputeState::Open, DisputeState::Lost] {
            assert_eq!(DisputeState::parse(state.code()), Some(state));
        }
    }

    #[test]
    fn an_inquiry_means_nothing() {
        for status in DisputeStatus::ALL {
            let is_inquiry = status.code().starts_with("warning_");
            assert!(!is_inquiry || status.state().is_none(), "{status:?}");
        }
    }

    #[test]
    fn a_lost_dispute_outweighs_others() {
        let (open, lost) = (DisputeStatus::UnderReview, DisputeStatus::Lost);
        let of = |all: &[DisputeStatus]| DisputeState::of_all(all.iter().copied());
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[open]), Some(DisputeState::Open));
        assert_eq!(of(&[lost, open]), Some(DisputeState::Lost));
        assert_eq!(of(&[DisputeStatus::Won]), None);
    }

    proptest! {
        #[test]
        fn order_and_repetition_do_not_matter(
            mut heard in prop::collection::vec(prop::sample::select(DisputeStatus::ALL.to_vec()), 1..8),
            turn: usize,
        ) {
            let end = |heard: &[DisputeStatus]| {
                let first = DisputeStatus::WarningNeedsResponse;
                heard.iter().fold(first, |now, heard| now.after(*heard))
            };
            let straight = end(&heard);
            let length = heard.len();
            heard.rotate_left(turn % length);
            heard.extend(heard.clone());
            prop_assert_eq!(end(&heard), straight);
        }
    }
}
