//! The comparison itself, of facts alone.

use std::collections::{HashMap, HashSet};

use super::charged::{Movement, Session, overcharged};
use crate::diary::{Friend, Subscription};

/// A row of the ledger, with its referral.
#[derive(Clone, Debug)]
pub struct Credit {
    pub key: String,
    pub state: String,
    /// Signed as Stripe signs it.
    pub cents: i64,
    pub entry: Option<String>,
    /// The referral's status.
    pub status: String,
    /// The friend and the site, in the tenant program.
    pub email: Option<String>,
    pub site: Option<String>,
    /// The referrer's code.
    pub code: Option<String>,
    /// The subscription's Checkout session, in the platform program.
    pub session: Option<String>,
    /// The referrer's address.
    pub referrer: String,
    /// The referrer's notifications about it.
    pub told: i64,
}

/// An entry on a balance at Stripe.
#[derive(Clone, Debug)]
pub struct Entry {
    pub id: String,
    /// The address of whose balance it is.
    pub email: String,
    pub ledger_key: String,
    pub cents: i64,
}

/// Everything that is compared.
pub struct Facts {
    pub friends: Vec<Friend>,
    pub subscriptions: Vec<Subscription>,
    pub credits: Vec<Credit>,
    pub entries: Vec<Entry>,
    /// Checkout sessions that the product takes for paid.
    pub paid_sessions: HashSet<String>,
    /// Stripe's, oldest first in each account.
    pub sessions: Vec<Session>,
    /// On every balance.
    pub movements: Vec<Movement>,
}

/// What is wrong, in sentences.
#[derive(Debug, Default)]
pub struct Findings {
    /// Due and not given, or given and not told.
    pub lost: Vec<String>,
    /// Given or told twice.
    pub doubled: Vec<String>,
    /// Given although nothing was due, or known to one side alone.
    pub orphaned: Vec<String>,
    /// Charged more than was due.
    pub overcharged: Vec<String>,
    /// Taken by Stripe, and no paid purchase.
    pub unknown_sales: Vec<String>,
    /// Begun and not ended.
    pub unfinished: Vec<String>,
}

impl Findings {
    pub fn kinds(&self) -> [(&'static str, &Vec<String>); 6] {
        [
            ("lost", &self.lost),
            ("doubled", &self.doubled),
            ("orphaned", &self.orphaned),
            ("overcharged", &self.overcharged),
            ("unknown sales", &self.unknown_sales),
            ("unfinished", &self.unfinished),
        ]
    }
}

/// Compares.
pub fn judge(facts: &Facts) -> Findings {
    let mut findings = Findings {
        overcharged: overcharged(&facts.sessions, &facts.movements),
        unknown_sales: unknown_sales(&facts.sessions, &facts.paid_sessions),
        ..Findings::default()
    };
    let by_key = entries_by_key(&facts.entries);
    let mut earned = HashSet::new();
    for due in dues(facts) {
        let of_due: Vec<&Credit> = facts
            .credits
            .iter()
            .filter(|credit| due.is_for(credit))
            .collect();
        if of_due.len() > 1 {
            findings
                .doubled
                .push(format!("{} rows for {due:?}", of_due.len()));
        }
        match of_due.first() {
            None => findings.lost.push(format!("no credit for {due:?}")),
            Some(credit) => {
                earned.insert(credit.key.as_str());
                weigh(credit, by_key.get(credit.key.as_str()), &mut findings);
            }
        }
    }
    for credit in &facts.credits {
        if !earned.contains(credit.key.as_str()) {
            findings
                .orphaned
                .push(format!("nothing was bought for {credit:?}"));
        }
    }
    let known: HashSet<&str> = facts
        .credits
        .iter()
        .map(|credit| credit.key.as_str())
        .collect();
    for entry in &facts.entries {
        if !known.contains(entry.ledger_key.as_str()) {
            findings
                .orphaned
                .push(format!("not in the ledger: {entry:?}"));
        }
    }
    for session in paid(facts) {
        if !facts.paid_sessions.contains(session) {
            findings
                .lost
                .push(format!("{session} is paid, and the product does not know"));
        }
    }
    findings
}

/// Payments that Stripe took, whoever made them, and that are no paid purchase among `known`.
pub fn unknown_sales(sessions: &[Session], known: &HashSet<String>) -> Vec<String> {
    let paid = sessions.iter().filter(|session| session.paid);
    let unknown = paid.filter(|session| !known.contains(&session.id));
    unknown.map(|session| format!("{session:?}")).collect()
}

/// What somebody has earned.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Due<'a> {
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
    fn is_for(&self, credit: &Credit) -> bool {
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

/// One for each friend who paid anything, one for each subscription.
fn dues(facts: &Facts) -> HashSet<Due<'_>> {
    let friends = facts.friends.iter().map(|friend| Due::Friend {
        site: &friend.site,
        email: &friend.email,
        code: &friend.code,
    });
    let subscriptions = facts
        .subscriptions
        .iter()
        .map(|subscription| Due::Subscription {
            session: &subscription.session,
            code: &subscription.code,
        });
    friends.chain(subscriptions).collect()
}

fn paid(facts: &Facts) -> impl Iterator<Item = &str> {
    let friends = facts.friends.iter().map(|friend| friend.session.as_str());
    let subscriptions = facts.subscriptions.iter();
    friends.chain(subscriptions.map(|subscription| subscription.session.as_str()))
}

fn entries_by_key(entries: &[Entry]) -> HashMap<&str, Vec<&Entry>> {
    let mut by_key: HashMap<&str, Vec<&Entry>> = HashMap::new();
    for entry in entries {
        by_key.entry(&entry.ledger_key).or_default().push(entry);
    }
    by_key
}

/// One credit that is due, against Stripe's books and what was told.
fn weigh(credit: &Credit, entries: Option<&Vec<&Entry>>, findings: &mut Findings) {
    let entries = entries.map_or(&[][..], Vec::as_slice);
    match entries {
        [] => findings.lost.push(format!("not at Stripe: {credit:?}")),
        [entry] => {
            let agree = credit.state == "issued"
                && credit.status == "credited"
                && credit.entry.as_deref() == Some(entry.id.as_str())
                && credit.referrer == entry.email
                && credit.cents == entry.cents
                && entry.cents < 0;
            if !agree {
                findings
                    .orphaned
                    .push(format!("{entry:?} is not what the ledger says: {credit:?}"));
            }
        }
        many => findings
            .doubled
            .push(format!("{} entries at Stripe: {credit:?}", many.len())),
    }
    let wanted = i64::from(credit.site.is_some());
    match credit.told.cmp(&wanted) {
        std::cmp::Ordering::Less => findings.lost.push(format!("nobody was told of {credit:?}")),
        std::cmp::Ordering::Equal => {}
        std::cmp::Ordering::Greater => findings.doubled.push(format!("told twice: {credit:?}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credit() -> Credit {
        Credit {
            key: "credit:tenant:r:1".into(),
            state: "issued".into(),
            cents: -1000,
            entry: Some("cbtxn_1".into()),
            status: "credited".into(),
            email: Some("jane@example.com".into()),
            site: Some("detroit-arms".into()),
            code: Some("ab3kx7mn".into()),
            session: None,
            referrer: "mia@example.com".into(),
            told: 1,
        }
    }

    fn entry(id: &str) -> Entry {
        Entry {
            id: id.into(),
            email: "mia@example.com".into(),
            ledger_key: "credit:tenant:r:1".into(),
            cents: -1000,
        }
    }

    fn session(id: &str) -> Session {
        Session {
            id: id.into(),
            complete: true,
            paid: true,
            ..Session::default()
        }
    }

    fn facts() -> Facts {
        let friend = |session: &str| Friend {
            site: "detroit-arms".into(),
            email: "jane@example.com".into(),
            code: "ab3kx7mn".into(),
            session: session.into(),
        };
        Facts {
            friends: vec![friend("cs_1"), friend("cs_2")],
            subscriptions: Vec::new(),
            credits: vec![credit()],
            entries: vec![entry("cbtxn_1")],
            paid_sessions: HashSet::from(["cs_1".into(), "cs_2".into()]),
            sessions: vec![session("cs_1"), session("cs_2")],
            movements: Vec::new(),
        }
    }

    /// How many are lost, doubled, orphaned.
    fn judged(change: impl FnOnce(&mut Facts)) -> [usize; 3] {
        let mut facts = facts();
        change(&mut facts);
        let findings = judge(&facts);
        [
            findings.lost.len(),
            findings.doubled.len(),
            findings.orphaned.len(),
        ]
    }

    #[test]
    fn two_purchases_of_one_friend_earn_one_credit() {
        assert_eq!(judged(|_| {}), [0, 0, 0]);
    }

    #[test]
    fn what_is_missing_is_lost() {
        assert_eq!(judged(|facts| facts.credits.clear()), [1, 0, 1]);
        assert_eq!(judged(|facts| facts.entries.clear()), [1, 0, 0]);
        assert_eq!(judged(|facts| facts.credits[0].told = 0), [1, 0, 0]);
        assert_eq!(judged(|facts| facts.paid_sessions.clear()), [2, 0, 0]);
        let to_another = |facts: &mut Facts| facts.credits[0].code = Some("zzzzzzzz".into());
        assert_eq!(judged(to_another), [1, 0, 1]);
    }

    #[test]
    fn what_is_there_twice_is_doubled() {
        assert_eq!(
            judged(|facts| facts.entries.push(entry("cbtxn_2"))),
            [0, 1, 0]
        );
        assert_eq!(judged(|facts| facts.credits[0].told = 2), [0, 1, 0]);
        let second = |facts: &mut Facts| {
            facts.credits.push(Credit {
                key: "credit:tenant:r:2".into(),
                ..credit()
            });
        };
        assert_eq!(judged(second), [0, 1, 1]);
    }

    #[test]
    fn what_one_side_alone_knows_is_orphaned() {
        assert_eq!(judged(|facts| facts.friends.clear()), [0, 0, 1]);
        let unknown = |facts: &mut Facts| {
            facts.entries.push(Entry {
                ledger_key: String::new(),
                ..entry("cbtxn_2")
            });
        };
        assert_eq!(judged(unknown), [0, 0, 1]);
        for change in [
            (|credit| credit.cents = -500) as fn(&mut Credit),
            |credit| credit.entry = None,
            |credit| credit.referrer = "noah@example.com".into(),
            |credit| credit.state = "due".into(),
            |credit| credit.status = "pending".into(),
        ] {
            assert_eq!(judged(|facts| change(&mut facts.credits[0])), [0, 0, 1]);
        }
    }

    #[test]
    fn what_stripe_took_and_we_do_not_know_is_an_unknown_sale() {
        let mut facts = facts();
        assert!(judge(&facts).unknown_sales.is_empty());
        facts.sessions.push(Session {
            paid: false,
            ..session("cs_3")
        });
        assert!(judge(&facts).unknown_sales.is_empty());
        facts.sessions.push(session("cs_4"));
        assert_eq!(judge(&facts).unknown_sales.len(), 1);
    }

    #[test]
    fn a_subscription_earns_by_its_session() {
        let subscribed = |facts: &mut Facts| {
            facts.friends.clear();
            facts.paid_sessions.insert("cs_9".into());
            facts.subscriptions.push(Subscription {
                code: "ab3kx7mn".into(),
                session: "cs_9".into(),
            });
            facts.credits[0] = Credit {
                email: None,
                site: None,
                session: Some("cs_9".into()),
                told: 0,
                ..credit()
            };
        };
        assert_eq!(judged(subscribed), [0, 0, 0]);
    }
}
