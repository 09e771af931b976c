//! Checkout sessions: at most one that is open for a buyer and what they buy, and when Stripe is
//! asked what became of it.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    credit::{KEY_MEMORY, UNDER_WAY},
    money::Money,
};

/// Where a Checkout session stands, as far as we know. Stripe's words, and two of ours for the time
/// before it is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// Stripe is being asked for it; whether it was made is not known.
    Requested,
    /// Stripe's page waits for the buyer.
    Open,
    /// The buyer has finished; the payment may still be on its way.
    Complete,
    /// Over, and nothing was paid.
    Expired,
    /// Stripe refused to make it.
    Refused,
}

impl SessionState {
    /// Every state.
    pub const ALL: [Self; 5] = [
        Self::Requested,
        Self::Open,
        Self::Complete,
        Self::Expired,
        Self::Refused,
    ];

    /// The word in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }

    /// Reads [`Self::code`] back.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// What a buyer agreed to when a Checkout session was made, or asks for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// What it is called on Stripe's page.
    pub name: String,
    /// What it costs.
    pub price: Money,
    /// `cus_…`, whose balance pays first; `None` where Stripe makes a customer.
    pub customer: Option<String>,
    /// The referral code that it carries to Stripe.
    pub referral_code: Option<String>,
}

/// What follows for an open session where its buyer asks for one again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Again {
    /// It is answered with the page that is open.
    SamePage,
    /// The open one is expired, and its end confirmed, before another is made. A subscription's page
    /// holds the balance while it is open (Stripe, "Customer credit balance"): with two of them the
    /// second would charge what the first one holds.
    ExpireFirst,
}

/// Compares what is open with what is asked for.
pub fn asked_again(open: &Terms, wanted: &Terms) -> Again {
    match open == wanted {
        true => Again::SamePage,
        false => Again::ExpireFirst,
    }
}

/// How long Stripe keeps a session open that nobody pays, with an hour for clocks ("expires_at":
/// 24 hours unless said otherwise).
pub const OPEN_AT_MOST: Duration = Duration::hours(25);
/// How long a slow payment is waited for, and an answer of Stripe's.
pub const WAITED_AT_MOST: Duration = Duration::days(30);

/// When a session was last sent at the latest, where only its row's making is known (UTC): the version
/// that did not write it down sent it again for as long as a session can be open.
pub fn sent_at_latest(made: OffsetDateTime) -> OffsetDateTime {
    made + OPEN_AT_MOST
}

/// What follows for a session that Stripe was asked for, whose answer never came, and which is not
/// among the open sessions of its customer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotListed {
    /// It was never made, or its time is over.
    Over,
    /// It may still be made, but not by us: Stripe may have forgotten the key, and would make a second.
    Wait,
    /// It is asked for once more, under the same key.
    SendAgain,
}

/// Decides about a session that was first sent `first_sent` ago, and last sent `last_sent` ago. How long
/// Stripe remembers its key is counted from the first time, how long a request can be under way from
/// the last.
pub fn not_listed(first_sent: Duration, last_sent: Duration) -> NotListed {
    if first_sent < KEY_MEMORY {
        NotListed::SendAgain
    } else if last_sent < UNDER_WAY {
        NotListed::Wait
    } else {
        NotListed::Over
    }
}

/// What is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The buyer, on Stripe's page.
    Buyer,
    /// A slow payment.
    Payment,
    /// Stripe, which did not say what became of the session.
    Answer,
}

/// When Stripe is asked about a session of this `age`, counted from now; `None`: no more. A payment
/// that no webhook told of is known after a quarter of the time that the buyer took, or two minutes.
pub fn next_check(age: Duration, awaited: Awaited) -> Option<Duration> {
    let (at_most, longest) = match awaited {
        Awaited::Buyer => (OPEN_AT_MOST, Duration::minutes(30)),
        Awaited::Answer if age < OPEN_AT_MOST => (OPEN_AT_MOST, Duration::minutes(30)),
        // The last check comes after the month.
        Awaited::Payment | Awaited::Answer => {
            (WAITED_AT_MOST + Duration::days(1), Duration::hours(6))
        }
    };
    let wait = Duration::seconds(age.whole_seconds() / 4).clamp(Duration::minutes(2), longest);
    (age < at_most).then_some(wait)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::Currency;

    fn terms() -> Terms {
        Terms {
            name: "Range Membership".to_owned(),
            price: Money::new(3900, Currency::Usd),
            customer: Some("cus_1".to_owned()),
            referral_code: None,
        }
    }

    #[test]
    fn only_the_very_same_terms_lead_to_the_open_page() {
        assert_eq!(asked_again(&terms(), &terms()), Again::SamePage);
        for changed in [
            Terms {
                name: "Gold Membership".to_owned(),
                ..terms()
            },
            Terms {
                price: Money::new(4900, Currency::Usd),
                ..terms()
            },
            Terms {
                price: Money::new(3900, Currency::Eur),
                ..terms()
            },
            Terms {
                customer: None,
                ..terms()
            },
            Terms {
                referral_code: Some("ab3kx7mn".to_owned()),
                ..terms()
            },
        ] {
            assert_eq!(asked_again(&terms(), &changed), Again::ExpireFirst);
        }
    }

    #[test]
    fn what_was_not_answered_is_sent_again_while_stripe_knows_its_key() {
        let minutes = Duration::minutes;
        for (first, last, follows) in [
            (0, 0, NotListed::SendAgain),
            (23 * 60 - 1, 23 * 60 - 1, NotListed::SendAgain),
            (23 * 60, 1, NotListed::Wait),
            (23 * 60, 2, NotListed::Over),
            (47 * 60, 24 * 60, NotListed::Over),
        ] {
            let decided = not_listed(minutes(first), minutes(last));
            assert_eq!(decided, follows, "{first} min, {last} min");
        }
    }

    #[test]
    fn states_are_read_back() {
        for state in SessionState::ALL {
            assert_eq!(SessionState::parse(state.code()), Some(state));
        }
        assert_eq!(SessionState::parse("paid"), None);
    }

    proptest! {
        /// As if each check followed the one before.
        #[test]
        fn a_payment_is_known_within_minutes_of_a_short_visit(paid_after in 0_i64..1_200) {
            let (paid, mut age) = (Duration::seconds(paid_after), Duration::ZERO);
            while age < paid {
                age += next_check(age, Awaited::Buyer).expect("it is open");
            }
            prop_assert!(age - paid <= Duration::minutes(5));
        }

        #[test]
        fn checks_end(seconds in 0_i64..10_000_000) {
            let age = Duration::seconds(seconds);
            let ended = |awaited| next_check(age, awaited).is_none();
            prop_assert_eq!(ended(Awaited::Buyer), age >= OPEN_AT_MOST);
            let last = WAITED_AT_MOST + Duration::days(1);
            prop_assert_eq!(ended(Awaited::Payment), age >= last);
            prop_assert!(ended(Awaited::Answer) == (age >= last));
        }
    }
}
