//! The credits that payments should have earned.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::facts::{Credit, Facts};
use crate::{
    activity_log::Friend,
    demo::{BRANDS, is_live},
};

/// How long after its payment a credit may reach Stripe for the first time: without an endpoint for
/// minutes, after a lease of 3 minutes, and through faults. Checkout sessions of test mode that
/// were open when a site went live are also paid within this time.
const GO_LIVE_TOLERANCE: Duration = Duration::from_mins(10);

/// A payment that earns a credit.
#[derive(Clone, Copy, Debug)]
pub struct Payment<'a> {
    pub session: &'a str,
    pub at: Instant,
}

impl Payment<'_> {
    pub fn is_live(&self) -> bool {
        is_live(self.session)
    }
}

/// A credit that somebody should have earned.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum ExpectedCredit<'a> {
    Friend {
        site: &'a str,
        email: &'a str,
        code: &'a str,
    },
    Subscription {
        session: &'a str,
        code: &'a str,
    },
}

impl ExpectedCredit<'_> {
    /// Whether these payments may earn nothing, because all were made in test mode near the time
    /// when the program went live. A single payment in live mode does earn a credit.
    pub fn may_earn_nothing(&self, payments: &[Payment<'_>], facts: &Facts) -> bool {
        let sites = match self {
            Self::Friend { site, .. } => &[*site][..],
            Self::Subscription { .. } => &BRANDS[..],
        };
        let live_since = || sites.iter().filter_map(|site| facts.live_since.get(*site));
        let is_near = |payment: &Payment<'_>| {
            let mut moments = live_since().flatten();
            moments.any(|moment| time_between(*moment, payment.at) <= GO_LIVE_TOLERANCE)
        };
        payments
            .iter()
            .all(|payment| !payment.is_live() && is_near(payment))
    }

    pub fn is_for(&self, credit: &Credit) -> bool {
        match self {
            Self::Friend { site, email, code } => {
                credit.site.as_deref() == Some(site)
                    && credit.email.as_deref() == Some(email)
                    && credit.code.as_deref() == Some(code)
            }
            Self::Subscription { session, code } => {
                credit.session.as_deref() == Some(session) && credit.code.as_deref() == Some(code)
            }
        }
    }
}

fn time_between(first: Instant, second: Instant) -> Duration {
    first.max(second) - first.min(second)
}

/// One credit for each friend who paid anything and one for each subscription, with the payments.
pub fn expected_credits(facts: &Facts) -> HashMap<ExpectedCredit<'_>, Vec<Payment<'_>>> {
    let is_matched = |friend: &&Friend| !facts.unmatched.contains(&friend.session);
    let friends = facts.friends.iter().filter(is_matched).map(|friend| {
        let expected = ExpectedCredit::Friend {
            site: &friend.site,
            email: &friend.email,
            code: &friend.code,
        };
        let payment = Payment {
            session: &friend.session,
            at: friend.paid_at,
        };
        (expected, payment)
    });
    let subscriptions = facts.subscriptions.iter().map(|subscription| {
        let expected = ExpectedCredit::Subscription {
            session: &subscription.session,
            code: &subscription.code,
        };
        let payment = Payment {
            session: &subscription.session,
            at: subscription.paid_at,
        };
        (expected, payment)
    });
    let mut expected_credits: HashMap<_, Vec<_>> = HashMap::new();
    for (expected, payment) in friends.chain(subscriptions) {
        expected_credits.entry(expected).or_default().push(payment);
    }
    expected_credits
}
