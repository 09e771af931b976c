//! What somebody has earned with what they paid.

use std::collections::HashMap;

use super::facts::{Credit, Facts};
use crate::{demo::BRANDS, diary::Friend};

/// What somebody has earned.
#[derive(Debug, PartialEq, Eq, Hash)]
pub enum Due<'a> {
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

impl Due<'_> {
    pub fn went_live(&self, facts: &Facts) -> bool {
        match self {
            Self::Friend { site, .. } => facts.went_live.contains(*site),
            Self::Subscription { .. } => {
                BRANDS.iter().any(|brand| facts.went_live.contains(*brand))
            }
        }
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

/// One for each friend who paid anything, one for each subscription, with what was paid.
pub fn dues(facts: &Facts) -> HashMap<Due<'_>, Vec<&str>> {
    let recorded = |friend: &&Friend| !facts.listed.contains(&friend.session);
    let friends = facts.friends.iter().filter(recorded).map(|friend| {
        let due = Due::Friend {
            site: &friend.site,
            email: &friend.email,
            code: &friend.code,
        };
        (due, friend.session.as_str())
    });
    let subscriptions = facts.subscriptions.iter().map(|subscription| {
        let due = Due::Subscription {
            session: &subscription.session,
            code: &subscription.code,
        };
        (due, subscription.session.as_str())
    });
    let mut dues: HashMap<_, Vec<_>> = HashMap::new();
    for (due, session) in friends.chain(subscriptions) {
        dues.entry(due).or_default().push(session);
    }
    dues
}
