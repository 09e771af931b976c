//! Rules for Checkout sessions: each buyer has at most one open session for one product, and we ask
//! Stripe for the outcome on a schedule.

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime};

use crate::{
    credit::{KEY_LIFETIME, MAX_IN_FLIGHT},
    money::Money,
};

/// The state of a Checkout session as far as we know it: Stripe's states, and two of our own for
/// the time before the session exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionState {
    /// We are asking Stripe to create the session; whether it exists is unknown.
    Requested,
    /// The buyer can pay on Stripe's page.
    Open,
    /// The buyer finished; the payment may still be processing.
    Complete,
    /// The session ended without a payment.
    Expired,
    /// Stripe refused to create it.
    Refused,
}

impl SessionState {
    pub const ALL: [Self; 5] = [
        Self::Requested,
        Self::Open,
        Self::Complete,
        Self::Expired,
        Self::Refused,
    ];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Open => "open",
            Self::Complete => "complete",
            Self::Expired => "expired",
            Self::Refused => "refused",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.code() == code)
    }
}

/// The terms of a Checkout session: those of an existing session, or those the buyer asks for now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// The product's name on Stripe's page.
    pub name: String,
    pub price: Money,
    /// `cus_…`, whose balance pays first; `None` if Stripe creates a customer.
    pub customer: Option<String>,
    /// The referral code in the session's metadata.
    pub referral_code: Option<String>,
    /// The credit that lowers the price.
    pub credit: Option<Money>,
    /// Where the page leads back to, if the buyer's app asked for it.
    pub return_url: Option<String>,
}

/// What to do with an open session when its buyer starts the same purchase again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OpenSession {
    /// Send the buyer to the open session.
    SamePage,
    /// Expire the open session and confirm that it expired, then create another. A subscription's
    /// session holds the balance while it is open (Stripe, "Customer credit balance"): with two
    /// open sessions, the second would charge the amount that the first one holds.
    ExpireFirst,
}

/// Compares the open session with the terms that the buyer asks for now.
pub fn reuse_of(open: &Terms, wanted: &Terms) -> OpenSession {
    match open == wanted {
        true => OpenSession::SamePage,
        false => OpenSession::ExpireFirst,
    }
}

/// How long Stripe keeps an unpaid session open (`expires_at`: 24 hours by default), plus an hour
/// for clock differences.
pub const OPEN_AT_MOST: Duration = Duration::hours(25);
/// How long we wait for a delayed payment, and for an answer about a session.
pub const WAITED_AT_MOST: Duration = Duration::days(30);

/// For how long an answer is asked for often: credit that a session holds goes back only once Stripe
/// says that the session is over, and one silent call must not hold it for hours.
const ASKED_OFTEN: Duration = Duration::days(3);

/// The latest time at which a session can have been sent, for rows that only record their creation
/// (UTC). The version that did not record the time of sending resent for as long as a session can
/// be open.
pub fn sent_at_latest(made: OffsetDateTime) -> OffsetDateTime {
    made + OPEN_AT_MOST
}

/// What to do about a session whose creation has an unknown outcome and which is not among the
/// customer's open sessions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotListed {
    /// Stop: it was never created, or it has ended.
    Over,
    /// Wait: Stripe may still create it. We must not send again, because Stripe may have forgotten
    /// the idempotency key and would create a second session.
    Wait,
    /// Send the request again under the same idempotency key.
    SendAgain,
}

/// Decides about a session that was first sent `first_sent` ago and last sent `last_sent` ago.
/// Stripe's memory of the idempotency key counts from the first request; the time for which a
/// request can still be running counts from the last.
pub fn not_listed(first_sent: Duration, last_sent: Duration) -> NotListed {
    if first_sent < KEY_LIFETIME {
        NotListed::SendAgain
    } else if last_sent < MAX_IN_FLIGHT {
        NotListed::Wait
    } else {
        NotListed::Over
    }
}

/// What a session is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The buyer, who is on Stripe's page.
    Buyer,
    /// A delayed payment.
    Payment,
    /// Stripe's answer, because the outcome is unknown.
    Answer,
    /// The same of a session that holds credit: until it comes the credit is the buyer's and cannot
    /// be used, however long that is.
    CreditBack,
}

/// The wait before we ask Stripe again about a session of this `age`; `None` if we stop asking. If
/// no webhook reports a payment, we learn of it after a quarter of the time that the buyer took, or
/// after two minutes if that is longer.
pub fn next_check(age: Duration, awaited: Awaited) -> Option<Duration> {
    let (at_most, longest) = match awaited {
        Awaited::Buyer => (OPEN_AT_MOST, Duration::minutes(30)),
        Awaited::Answer if age < ASKED_OFTEN => (ASKED_OFTEN, Duration::minutes(30)),
        Awaited::CreditBack if age < ASKED_OFTEN => (Duration::MAX, Duration::minutes(30)),
        Awaited::CreditBack => (Duration::MAX, Duration::hours(6)),
        // The last check must come after the 30 days, so that a payment still processing then
        // counts as failed.
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
            credit: None,
            return_url: None,
        }
    }

    #[test]
    fn only_the_very_same_terms_lead_to_the_open_page() {
        assert_eq!(reuse_of(&terms(), &terms()), OpenSession::SamePage);
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
            Terms {
                credit: Some(Money::new(1000, Currency::Usd)),
                ..terms()
            },
            Terms {
                return_url: Some("https://detroitarms.com/app-return".to_owned()),
                ..terms()
            },
        ] {
            assert_eq!(reuse_of(&terms(), &changed), OpenSession::ExpireFirst);
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

    #[test]
    fn an_answer_is_asked_for_every_half_hour_for_three_days() {
        for hours in [3, 25, 71] {
            let next = next_check(Duration::hours(hours), Awaited::Answer);
            assert_eq!(next, Some(Duration::minutes(30)), "{hours} h");
        }
        let later = next_check(Duration::hours(72), Awaited::Answer);
        assert_eq!(later, Some(Duration::hours(6)));
    }

    proptest! {
        /// The loop runs each check right after the wait that the previous one returned.
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
            // Credit is not left with a session of which nothing is heard.
            prop_assert!(!ended(Awaited::CreditBack));
        }
    }
}
