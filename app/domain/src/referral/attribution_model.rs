//! Which of several referral links counts that one visitor clicked.

use super::ReferralCode;

/// Marketing's word for it. A setting of each program; the guide's is the first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum AttributionModel {
    #[default]
    FirstClick,
    LastClick,
}

impl AttributionModel {
    pub const ALL: [Self; 2] = [Self::FirstClick, Self::LastClick];

    /// The value in the database and in the form.
    pub fn code(self) -> &'static str {
        match self {
            Self::FirstClick => "first_click",
            Self::LastClick => "last_click",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|model| model.code() == code)
    }

    /// The label on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::FirstClick => "The first one",
            Self::LastClick => "The last one",
        }
    }

    /// Whether a click on a code that counts takes the place of an earlier one, which counts still or no longer:
    /// its owner may have been blocked, deleted or disabled since (`docs/rules.md` 179).
    pub fn takes_over(self, earlier_counts: bool) -> bool {
        match self {
            Self::FirstClick => !earlier_counts,
            Self::LastClick => true,
        }
    }

    /// The codes of one address in the order in which they are tried: the first of them that counts is the click.
    pub fn in_order(self, mut codes: Vec<ReferralCode>) -> Vec<ReferralCode> {
        if self == Self::LastClick {
            codes.reverse();
        }
        codes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn codes() -> Vec<ReferralCode> {
        ["ab3kx7mn", "q9wm4t2k", "zzzzzzzz"]
            .into_iter()
            .map(|code| ReferralCode::parse(code).unwrap())
            .collect()
    }

    #[test]
    fn a_setting_is_read_back() {
        for model in AttributionModel::ALL {
            assert_eq!(AttributionModel::parse(model.code()), Some(model));
        }
        assert_eq!(AttributionModel::parse("linear"), None);
        assert_eq!(AttributionModel::default(), AttributionModel::FirstClick);
    }

    #[test]
    fn the_first_stays_as_long_as_it_counts() {
        assert!(!AttributionModel::FirstClick.takes_over(true));
        assert!(AttributionModel::FirstClick.takes_over(false));
    }

    #[test]
    fn the_last_takes_the_place_of_any() {
        assert!(AttributionModel::LastClick.takes_over(true));
        assert!(AttributionModel::LastClick.takes_over(false));
    }

    proptest! {
        /// Of addresses with several codes each, in which some of the codes count.
        #[test]
        fn of_many_clicks_the_first_or_the_last_that_counts_is_remembered(
            addresses in prop::collection::vec(prop::collection::vec(0_usize..3, 0..4), 0..6),
            counting in prop::collection::vec(any::<bool>(), 3),
        ) {
            let known = codes();
            let counts = |code: &ReferralCode| {
                let place = known.iter().position(|known| known == code);
                place.is_some_and(|place| counting[place])
            };
            let clicked = || {
                let all = addresses.iter().flatten();
                all.map(|place| known[*place].clone()).filter(|code| counts(code))
            };
            for (model, expected) in [
                (AttributionModel::FirstClick, clicked().next()),
                (AttributionModel::LastClick, clicked().next_back()),
            ] {
                let mut remembered: Option<ReferralCode> = None;
                for address in &addresses {
                    let address = address.iter().map(|place| known[*place].clone()).collect();
                    let click = model.in_order(address).into_iter().find(|code| counts(code));
                    if click.is_some() && model.takes_over(remembered.as_ref().is_some_and(counts)) {
                        remembered = click;
                    }
                }
                prop_assert_eq!(remembered, expected);
            }
        }
    }
}
