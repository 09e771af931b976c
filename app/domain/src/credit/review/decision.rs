//! Whether a person decides about a credit, and how such a review stands.

use super::Signs;

/// From how much on a credit waits for a person. A program without one reviews nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewFrom {
    OneSign,
    TwoSigns,
    ThreeSigns,
}

impl ReviewFrom {
    pub const ALL: [Self; 3] = [Self::OneSign, Self::TwoSigns, Self::ThreeSigns];

    /// The value in the database and in the form.
    pub fn code(self) -> &'static str {
        match self {
            Self::OneSign => "one_sign",
            Self::TwoSigns => "two_signs",
            Self::ThreeSigns => "three_signs",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|from| from.code() == code)
    }

    /// The label on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::OneSign => "One or more signs",
            Self::TwoSigns => "Two or more signs",
            Self::ThreeSigns => "Three or more signs",
        }
    }

    /// The [`Signs::points`] from which a credit waits.
    pub fn points(self) -> u32 {
        match self {
            Self::OneSign => 1,
            Self::TwoSigns => 2,
            Self::ThreeSigns => 3,
        }
    }
}

/// How the review of a credit stands. What was denied has no credit any more: its referral is voided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewState {
    /// A person has to decide, and nothing is posted before.
    Waiting,
    /// It was approved, and is issued as any other.
    Approved,
}

impl ReviewState {
    const ALL: [Self; 2] = [Self::Waiting, Self::Approved];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// Whether a person has to decide about a credit with this review.
pub fn is_under_review(review: Option<ReviewState>) -> bool {
    review == Some(ReviewState::Waiting)
}

/// What a person has to look at before the credit of a referral with these `signs` is issued; `None` if it
/// needs no review.
pub fn review_of(signs: Signs, from: Option<ReviewFrom>) -> Option<Signs> {
    let from = from?;
    (signs.points() >= from.points()).then_some(signs)
}

/// Why an admin decides nothing about a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotReviewed;

impl NotReviewed {
    /// The sentence for the admin.
    pub fn sentence(self) -> &'static str {
        "This credit is not under review anymore. Its referral says what became of it."
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};

    use super::*;
    use crate::credit::review::Sign;

    #[test]
    fn each_code_is_read_back() {
        for from in ReviewFrom::ALL {
            assert_eq!(ReviewFrom::parse(from.code()), Some(from));
        }
        for state in ReviewState::ALL {
            assert_eq!(ReviewState::parse(state.code()), Some(state));
        }
        assert_eq!(ReviewFrom::parse(""), None);
    }

    #[test]
    fn the_same_card_counts_as_two_signs() {
        let card = || Signs::of([Sign::CardOfFriend]);
        assert!(review_of(card(), Some(ReviewFrom::TwoSigns)).is_some());
        assert!(review_of(card(), Some(ReviewFrom::ThreeSigns)).is_none());
        let other = || Signs::of([Sign::DisposableAddress]);
        assert!(review_of(other(), Some(ReviewFrom::OneSign)).is_some());
        assert!(review_of(other(), Some(ReviewFrom::TwoSigns)).is_none());
    }

    #[test]
    fn only_what_waits_is_under_review() {
        assert!(is_under_review(Some(ReviewState::Waiting)));
        assert!(!is_under_review(Some(ReviewState::Approved)));
        assert!(!is_under_review(None));
    }

    proptest! {
        /// Off reviews nothing, no sign is never reviewed, and a stricter program reviews no less.
        #[test]
        fn a_review_begins_where_the_program_says(signs in subsequence(&Sign::ALL[..], 0..=8)) {
            let signs = Signs::of(signs);
            prop_assert_eq!(review_of(signs.clone(), None), None);
            let reviewed = ReviewFrom::ALL.map(|from| review_of(signs.clone(), Some(from)).is_some());
            prop_assert!(reviewed[0] >= reviewed[1] && reviewed[1] >= reviewed[2]);
            prop_assert_eq!(reviewed[0], !signs.is_empty());
        }
    }
}
