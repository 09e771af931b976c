//! The signs that a referral may be one person's, how much each counts, and the words for them.

/// Something about a referral that an honest one seldom has. The network alone is none of them
/// (`docs/rules.md` 165).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// The friend paid with a card that the referrer paid with.
    CardOfReferrer,
    /// The friend paid with a card that another friend of the referrer paid with.
    CardOfFriend,
    /// Both signed in, or registered, in one browser.
    SameBrowser,
    /// Both signed in from one network, in browsers of one kind.
    SamePlace,
    /// The friend's address is at a domain that lends addresses for minutes.
    DisposableAddress,
    /// Many friends of the referrer came within a day.
    ManyAtOnce,
    /// Much of what the referrer's friends paid went back, or is disputed.
    ManyRefunds,
    /// Stripe did not say which card paid.
    UnknownCard,
}

impl Sign {
    pub const ALL: [Self; 8] = [
        Self::CardOfReferrer,
        Self::CardOfFriend,
        Self::SameBrowser,
        Self::SamePlace,
        Self::DisposableAddress,
        Self::ManyAtOnce,
        Self::ManyRefunds,
        Self::UnknownCard,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::CardOfReferrer => "card_of_referrer",
            Self::CardOfFriend => "card_of_friend",
            Self::SameBrowser => "same_browser",
            Self::SamePlace => "same_place",
            Self::DisposableAddress => "disposable_address",
            Self::ManyAtOnce => "many_at_once",
            Self::ManyRefunds => "many_refunds",
            Self::UnknownCard => "unknown_card",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sign| sign.code() == code)
    }

    /// How much it counts. A card is one person's more often than anything else here is; where it is not known,
    /// a person decides in every program that has a review.
    pub fn points(self) -> u32 {
        match self {
            Self::UnknownCard => 3,
            Self::CardOfReferrer | Self::CardOfFriend => 2,
            Self::SameBrowser
            | Self::SamePlace
            | Self::DisposableAddress
            | Self::ManyAtOnce
            | Self::ManyRefunds => 1,
        }
    }

    /// The sentence for an admin.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::CardOfReferrer => "The friend paid with a card that the referrer paid with.",
            Self::CardOfFriend => {
                "The friend paid with a card that another friend of the referrer paid with."
            }
            Self::SameBrowser => "The friend and the referrer used the same browser.",
            Self::SamePlace => {
                "The friend and the referrer signed in from the same network, in the same kind of browser."
            }
            Self::DisposableAddress => {
                "The friend\u{2019}s email address is at a domain for disposable addresses."
            }
            Self::ManyAtOnce => "The referrer brought many friends within a day.",
            Self::ManyRefunds => {
                "At least a third of the payments by the referrer\u{2019}s friends were refunded or disputed."
            }
            Self::UnknownCard => {
                "Stripe has not said which card paid. Check that the restricted key may read charges."
            }
        }
    }
}

/// What was seen of one referral, each sign once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Signs(Vec<Sign>);

impl Signs {
    /// Of two signs for one card the stronger counts, and so of a browser and its place.
    pub fn of(signs: impl IntoIterator<Item = Sign>) -> Self {
        let mut signs: Vec<_> = signs.into_iter().collect();
        signs.sort_unstable();
        signs.dedup();
        let all = signs.clone();
        signs.retain(|sign| match sign {
            Sign::CardOfFriend => !all.contains(&Sign::CardOfReferrer),
            Sign::SamePlace => !all.contains(&Sign::SameBrowser),
            _ => true,
        });
        Self(signs)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = Sign> + '_ {
        self.0.iter().copied()
    }

    /// What they add up to.
    pub fn points(&self) -> u32 {
        self.iter().map(Sign::points).sum()
    }

    /// The value in the database: the codes, with commas between them.
    pub fn code(&self) -> String {
        let codes: Vec<_> = self.iter().map(Sign::code).collect();
        codes.join(",")
    }

    /// Reads [`Self::code`] back; `None` if one of them is no sign.
    pub fn parse(codes: &str) -> Option<Self> {
        let codes = codes.split(',').filter(|code| !code.is_empty());
        let signs: Option<Vec<_>> = codes.map(Sign::parse).collect();
        signs.map(Self::of)
    }

    /// The sentences for an admin, the strongest sign first.
    pub fn sentences(&self) -> Vec<String> {
        self.iter().map(|sign| sign.sentence().to_owned()).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::subsequence};

    use super::*;

    #[test]
    fn what_was_seen_survives_the_database() {
        for sign in Sign::ALL {
            assert_eq!(Sign::parse(sign.code()), Some(sign));
            assert_eq!(Signs::parse(sign.code()), Some(Signs::of([sign])));
        }
        assert_eq!(Signs::parse(""), Some(Signs::default()));
        assert_eq!(Signs::parse("same_place,same_network"), None);
    }

    #[test]
    fn one_card_and_one_browser_count_once() {
        let cards = Signs::of([Sign::CardOfFriend, Sign::CardOfReferrer]);
        assert_eq!(cards, Signs::of([Sign::CardOfReferrer]));
        let browser = Signs::of([Sign::SamePlace, Sign::SameBrowser, Sign::SameBrowser]);
        assert_eq!(browser.points(), 1);
    }

    proptest! {
        /// Whatever is seen besides, a referral looks no better for it.
        #[test]
        fn more_signs_never_count_less(
            some in subsequence(&Sign::ALL[..], 0..=8),
            more in subsequence(&Sign::ALL[..], 0..=8),
        ) {
            let fewer = Signs::of(some.iter().copied());
            let all = Signs::of(some.into_iter().chain(more));
            prop_assert!(all.points() >= fewer.points());
            prop_assert_eq!(Signs::parse(&all.code()), Some(all));
        }
    }
}
