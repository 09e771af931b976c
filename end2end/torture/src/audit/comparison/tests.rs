//! Lost, duplicated, orphaned and unknown credits.

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
        transaction_id: Some("cbtxn_1".into()),
        status: "credited".into(),
        email: Some("jane@example.com".into()),
        site: Some("detroit-arms".into()),
        code: Some("ab3kx7mn".into()),
        session: None,
        referrer: "mia@example.com".into(),
        notifications: 1,
    }
}

fn posted_credit(id: &str) -> PostedCredit {
    PostedCredit {
        id: id.into(),
        customer_id: "cus_mia".into(),
        email: "mia@example.com".into(),
        created: 0,
        ledger_key: "credit:tenant:r:1".into(),
        cents: -1000,
        live: false,
        is_lost: false,
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
        posted_credits: vec![posted_credit("cbtxn_1")],
        paid_sessions: HashSet::from(["cs_1".into(), "cs_2".into()]),
        unmatched: HashSet::new(),
        sessions: vec![session("cs_1"), session("cs_2")],
        balance_transactions: Vec::new(),
        live_since: HashMap::new(),
    }
}

/// The numbers of lost, duplicated and orphaned credits.
fn compared(change: impl FnOnce(&mut Facts)) -> [usize; 3] {
    let mut facts = facts();
    change(&mut facts);
    let findings = compare(&facts);
    [
        findings.lost.len(),
        findings.duplicated.len(),
        findings.orphaned.len(),
    ]
}

#[test]
fn two_purchases_of_one_friend_earn_one_credit() {
    assert_eq!(compared(|_| {}), [0, 0, 0]);
}

#[test]
fn a_missing_credit_transaction_or_notification_is_lost() {
    assert_eq!(compared(|facts| facts.credits.clear()), [1, 0, 1]);
    assert_eq!(compared(|facts| facts.posted_credits.clear()), [1, 0, 0]);
    assert_eq!(
        compared(|facts| facts.credits[0].notifications = 0),
        [1, 0, 0]
    );
    assert_eq!(compared(|facts| facts.paid_sessions.clear()), [2, 0, 0]);
    let to_another = |facts: &mut Facts| facts.credits[0].code = Some("zzzzzzzz".into());
    assert_eq!(compared(to_another), [1, 0, 1]);
}

#[test]
fn a_second_credit_transaction_or_notification_is_duplicated() {
    assert_eq!(
        compared(|facts| facts.posted_credits.push(posted_credit("cbtxn_2"))),
        [0, 1, 0]
    );
    assert_eq!(
        compared(|facts| facts.credits[0].notifications = 2),
        [0, 1, 0]
    );
    let second = |facts: &mut Facts| {
        facts.credits.push(Credit {
            key: "credit:tenant:r:2".into(),
            ..credit()
        });
    };
    assert_eq!(compared(second), [0, 1, 1]);
}

#[test]
fn a_mismatch_between_ledger_and_stripe_is_orphaned() {
    assert_eq!(compared(|facts| facts.friends.clear()), [0, 0, 1]);
    let unknown = |facts: &mut Facts| {
        facts.posted_credits.push(PostedCredit {
            ledger_key: String::new(),
            ..posted_credit("cbtxn_2")
        });
    };
    assert_eq!(compared(unknown), [0, 0, 1]);
    for change in [
        (|credit| credit.cents = -500) as fn(&mut Credit),
        |credit| credit.transaction_id = None,
        |credit| credit.referrer = "noah@example.com".into(),
        |credit| credit.state = "due".into(),
        |credit| credit.status = "pending".into(),
    ] {
        assert_eq!(compared(|facts| change(&mut facts.credits[0])), [0, 0, 1]);
    }
}

#[test]
fn an_amount_that_was_never_configured_is_orphaned() {
    let of = |cents: i64| {
        compared(|facts| (facts.credits[0].cents, facts.posted_credits[0].cents) = (-cents, -cents))
    };
    for cents in [500, 1000, 2500] {
        assert_eq!(of(cents), [0, 0, 0], "{cents}");
    }
    for cents in [1, 501, 5000, 10_000, 0, -1000] {
        assert_eq!(of(cents), [0, 0, 1], "{cents}");
    }
}

#[test]
fn a_paid_session_without_a_paid_purchase_is_an_unknown_payment() {
    let mut facts = facts();
    assert!(compare(&facts).unknown_payments.is_empty());
    facts.sessions.push(Session {
        paid: false,
        ..session("cs_3")
    });
    assert!(compare(&facts).unknown_payments.is_empty());
    facts.sessions.push(session("cs_4"));
    assert_eq!(compare(&facts).unknown_payments.len(), 1);
}

#[test]
fn unmatched_payments_after_a_restore_are_not_lost() {
    let restored = |facts: &mut Facts| {
        facts.credits.clear();
        facts.paid_sessions.clear();
        facts.posted_credits[0].is_lost = true;
    };
    assert_eq!(compared(restored), [3, 0, 0]);
    let unmatched = |facts: &mut Facts| {
        restored(facts);
        facts.unmatched = HashSet::from(["cs_1".into(), "cs_2".into()]);
    };
    assert_eq!(compared(unmatched), [0, 0, 0]);
    let mut facts = facts();
    unmatched(&mut facts);
    assert!(compare(&facts).unknown_payments.is_empty());
}

#[test]
fn a_subscription_earns_one_credit_by_its_session() {
    let record_subscription = |facts: &mut Facts, cents: i64| {
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
            notifications: 0,
            cents: -cents,
            ..credit()
        };
        facts.posted_credits[0].cents = -cents;
    };
    for cents in [500, 1000, 2500, 5000] {
        assert_eq!(
            compared(|facts| record_subscription(facts, cents)),
            [0, 0, 0]
        );
    }
    assert_eq!(
        compared(|facts| record_subscription(facts, 5001)),
        [0, 0, 1]
    );
}
