//! What is known of a friend and a referrer, and which signs that makes.

use time::{Duration, OffsetDateTime};

use super::{Sign, Signs};

/// So many friends of one referrer within [`DAY`] before another one are many. A club brings that many after a
/// match day; who makes up accounts does it every day.
pub const MANY_AT_ONCE: usize = 5;
const DAY: Duration = Duration::DAY;

/// So many payments are enough to speak of a share of them.
const ENOUGH_PAYMENTS: usize = 3;
/// One in so many that went back is a lot.
const ONE_IN: usize = 3;

/// From where somebody signed in. A network says nothing without the browser: a household, a club and a whole
/// town share one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignInPlace {
    network: String,
    browser: String,
}

impl SignInPlace {
    /// `None` if one of them is not known.
    pub fn new(network: &str, browser: &str) -> Option<Self> {
        let known = !network.is_empty() && !browser.is_empty();
        known.then(|| Self {
            network: network.to_owned(),
            browser: browser.to_owned(),
        })
    }
}

/// What is known when a credit is decided.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Stripe's fingerprint of the friend's card; `None` if no card paid.
    pub card: Option<String>,
    /// Stripe did not say which card paid, although it was asked for a day.
    pub card_is_unknown: bool,
    /// Those of the referrer's own payments.
    pub cards_of_referrer: Vec<String>,
    /// Those of the payments of the referrer's other friends.
    pub cards_of_friends: Vec<String>,
    /// The friend and the referrer were in one browser.
    pub same_browser: bool,
    /// From where the friend signed in.
    pub places: Vec<SignInPlace>,
    /// From where the referrer signed in.
    pub places_of_referrer: Vec<SignInPlace>,
    /// The friend's address is at a domain for disposable addresses.
    pub disposable: bool,
    /// When the referrer's friends before this one came, the last first; the first [`MANY_AT_ONCE`] matter.
    pub came_before: Vec<OffsetDateTime>,
    /// When this one came.
    pub came_at: Option<OffsetDateTime>,
    /// Of each payment of the referrer's friends, whether it went back or is disputed.
    pub went_back: Vec<bool>,
}

impl Seen {
    /// The signs in it.
    pub fn signs(&self) -> Signs {
        let is_in = |cards: &[String]| self.card.as_ref().is_some_and(|card| cards.contains(card));
        let same_place = self
            .places
            .iter()
            .any(|place| self.places_of_referrer.contains(place));
        let signs = [
            (Sign::CardOfReferrer, is_in(&self.cards_of_referrer)),
            (Sign::CardOfFriend, is_in(&self.cards_of_friends)),
            (Sign::SameBrowser, self.same_browser),
            (Sign::SamePlace, same_place),
            (Sign::DisposableAddress, self.disposable),
            (Sign::ManyAtOnce, self.are_many()),
            (Sign::ManyRefunds, are_many_refunds(&self.went_back)),
            (Sign::UnknownCard, self.card_is_unknown),
        ];
        Signs::of(
            signs
                .into_iter()
                .filter(|(_, is)| *is)
                .map(|(sign, _)| sign),
        )
    }

    fn are_many(&self) -> bool {
        let last_of_many = self.came_before.get(MANY_AT_ONCE - 1);
        last_of_many
            .zip(self.came_at)
            .is_some_and(|(before, at)| at - *before <= DAY)
    }
}

/// Whether much of what was paid went back, given for each payment.
fn are_many_refunds(went_back: &[bool]) -> bool {
    let back = went_back.iter().filter(|back| **back).count();
    went_back.len() >= ENOUGH_PAYMENTS && back * ONE_IN >= went_back.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const CAME: OffsetDateTime = datetime!(2026-11-22 12:00 UTC);

    fn place(network: &str, browser: &str) -> Vec<SignInPlace> {
        SignInPlace::new(network, browser).into_iter().collect()
    }

    #[test]
    fn nothing_is_seen_of_strangers() {
        assert!(Seen::default().signs().is_empty());
        let strangers = Seen {
            card: Some("visa".to_owned()),
            cards_of_referrer: vec!["amex".to_owned()],
            came_at: Some(CAME),
            went_back: vec![false, false, false],
            ..Seen::default()
        };
        assert!(strangers.signs().is_empty());
        // Who paid with no card shares none.
        let no_card = Seen {
            card: None,
            cards_of_friends: vec!["amex".to_owned()],
            ..strangers
        };
        assert!(no_card.signs().is_empty());
    }

    #[test]
    fn a_card_that_paid_before_is_a_sign() {
        let card = || Some("visa".to_owned());
        let of_referrer = Seen {
            card: card(),
            cards_of_referrer: card().into_iter().collect(),
            ..Seen::default()
        };
        assert_eq!(of_referrer.signs(), Signs::of([Sign::CardOfReferrer]));
        let of_friend = Seen {
            card: card(),
            cards_of_friends: card().into_iter().collect(),
            ..Seen::default()
        };
        assert_eq!(of_friend.signs(), Signs::of([Sign::CardOfFriend]));
    }

    #[test]
    fn the_network_alone_is_no_sign() {
        let at = |network, browser| Seen {
            places: place("203.0.113.7", "Firefox on Linux"),
            places_of_referrer: place(network, browser),
            ..Seen::default()
        };
        assert!(at("203.0.113.7", "Safari on iPhone").signs().is_empty());
        assert!(at("203.0.113.7", "").signs().is_empty());
        assert!(at("198.51.100.1", "Firefox on Linux").signs().is_empty());
        let both = at("203.0.113.7", "Firefox on Linux").signs();
        assert_eq!(both, Signs::of([Sign::SamePlace]));
    }

    #[test]
    fn many_friends_within_a_day_are_a_sign() {
        let hours = |hours: [i64; 5]| Seen {
            came_before: hours.map(|ago| CAME - Duration::hours(ago)).to_vec(),
            came_at: Some(CAME),
            ..Seen::default()
        };
        let many = hours([1, 2, 3, 4, 24]).signs();
        assert_eq!(many, Signs::of([Sign::ManyAtOnce]));
        assert!(hours([1, 2, 3, 4, 25]).signs().is_empty());
        let mut few = hours([1, 2, 3, 4, 5]);
        few.came_before.pop();
        assert!(few.signs().is_empty());
    }

    #[test]
    fn a_third_of_enough_payments_is_a_lot() {
        for (went_back, is) in [
            (&[][..], false),
            (&[true, true], false),
            (&[true, false, false], true),
            (&[true, false, false, false], false),
            (&[true, true, false, false], true),
        ] {
            assert_eq!(are_many_refunds(went_back), is, "{went_back:?}");
        }
    }

    proptest! {
        /// From whatever networks two people sign in, it is no sign as long as their browsers are of other kinds.
        #[test]
        fn no_network_is_a_sign_by_itself(
            networks in prop::collection::vec("[a-z0-9.:]{0,8}", 0..6),
            friends in prop::collection::vec("[a-z0-9.:]{0,8}", 0..6),
        ) {
            let at = |networks: &[String], browser: &str| -> Vec<SignInPlace> {
                let places = networks.iter().filter_map(|network| SignInPlace::new(network, browser));
                places.collect()
            };
            let seen = Seen {
                places: at(&friends, "Firefox on Linux"),
                places_of_referrer: at(&networks, "Chrome on Linux"),
                ..Seen::default()
            };
            prop_assert!(seen.signs().is_empty());
        }
    }
}
