//! What is lost, doubled, orphaned, and known elsewhere.

mod modes;

use std::time::Instant;

use super::{super::overcharges::Session, *};
use crate::activity_log::{Friend, Subscription};

fn credit() -> Credit {
    Credit {
        key: "credit:tenant:r:1".into(),
        state: "issued".into(),
        reason: None,
        live: Some(false),
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
        live: false,
        is_gone: false,
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
    let paid_at = Instant::now();
    let friend = |session: &str| Friend {
        site: "detroit-arms".into(),
        email: "jane@example.com".into(),
        code: "ab3kx7mn".into(),
        session: session.into(),
        paid_at,
    };
    Facts {
        friends: vec![friend("cs_1"), friend("cs_2")],
        subscriptions: Vec::new(),
        credits: vec![credit()],
        entries: vec![entry("cbtxn_1")],
        paid_sessions: HashSet::from(["cs_1".into(), "cs_2".into()]),
        listed: HashSet::new(),
        sessions: vec![session("cs_1"), session("cs_2")],
        movements: Vec::new(),
        live_since: HashMap::new(),
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
fn an_amount_that_nobody_set_is_orphaned() {
    let of = |cents: i64| {
        judged(|facts| (facts.credits[0].cents, facts.entries[0].cents) = (-cents, -cents))
    };
    for cents in [500, 1000, 2500] {
        assert_eq!(of(cents), [0, 0, 0], "{cents}");
    }
    for cents in [1, 501, 5000, 10_000, 0, -1000] {
        assert_eq!(of(cents), [0, 0, 1], "{cents}");
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
fn what_a_restore_lost_and_the_console_lists_is_not_lost() {
    let restored = |facts: &mut Facts| {
        facts.credits.clear();
        facts.paid_sessions.clear();
        facts.entries[0].is_gone = true;
    };
    assert_eq!(judged(restored), [3, 0, 0]);
    let listed = |facts: &mut Facts| {
        restored(facts);
        facts.listed = HashSet::from(["cs_1".into(), "cs_2".into()]);
    };
    assert_eq!(judged(listed), [0, 0, 0]);
    let mut facts = facts();
    listed(&mut facts);
    assert!(judge(&facts).unknown_sales.is_empty());
}

#[test]
fn a_subscription_earns_by_its_session() {
    let subscribed = |facts: &mut Facts, cents: i64| {
        facts.friends.clear();
        facts.paid_sessions.insert("cs_9".into());
        facts.subscriptions.push(Subscription {
            code: "ab3kx7mn".into(),
            session: "cs_9".into(),
            paid_at: Instant::now(),
        });
        facts.credits[0] = Credit {
            email: None,
            site: None,
            session: Some("cs_9".into()),
            told: 0,
            cents: -cents,
            ..credit()
        };
        facts.entries[0].cents = -cents;
    };
    for cents in [500, 1000, 2500, 5000] {
        assert_eq!(judged(|facts| subscribed(facts, cents)), [0, 0, 0]);
    }
    assert_eq!(judged(|facts| subscribed(facts, 5001)), [0, 0, 1]);
}
