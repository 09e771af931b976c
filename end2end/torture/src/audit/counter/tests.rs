//! Lost, doubled and orphaned credits of friends who bought at the counter.

use super::*;
use crate::activity_log::{CounterSale, LostPeriod};

fn friend() -> CounterFriend {
    CounterFriend {
        site: "detroit-arms".into(),
        email: "friend-1@example.com".into(),
        paid: 1,
        undone: 0,
        taken_back: None,
        reversed: None,
        restored: None,
    }
}

fn entry(key: &str, cents: i64) -> Entry {
    Entry {
        key: key.into(),
        state: "issued".into(),
        cents,
    }
}

/// All of the credit was taken from a balance that held 400 cents.
fn undone() -> CounterFriend {
    CounterFriend {
        paid: 0,
        undone: 1,
        taken_back: Some(400),
        reversed: Some(entry("credit:reversed:a", 1000)),
        restored: Some(entry("credit:restored:a", -600)),
        ..friend()
    }
}

fn credit() -> Credit {
    Credit {
        key: "credit:tenant:a".into(),
        state: "issued".into(),
        reason: None,
        live: Some(false),
        cents: -1000,
        transaction_id: Some("cbtxn_1".into()),
        status: "credited".into(),
        email: Some("friend-1@example.com".into()),
        site: Some("detroit-arms".into()),
        code: Some("ab3kx7mn".into()),
        session: None,
        referrer: "mia@example.com".into(),
        notifications: 1,
    }
}

fn posted(key: &str, cents: i64) -> PostedCredit {
    PostedCredit {
        id: format!("cbtxn_{key}"),
        customer_id: "cus_mia".into(),
        email: "mia@example.com".into(),
        created: 0,
        ledger_key: key.into(),
        cents,
        live: false,
        is_lost: false,
    }
}

fn given() -> PostedCredit {
    posted("credit:tenant:a", -1000)
}

fn taken() -> PostedCredit {
    posted("credit:reversed:a", 1000)
}

fn back() -> PostedCredit {
    posted("credit:restored:a", -600)
}

/// How much is lost, duplicated and orphaned.
fn counts(friend: CounterFriend, credits: &[Credit], posted: &[PostedCredit]) -> [usize; 3] {
    let found = compare(&[friend], &HashMap::new(), credits, posted);
    [
        found.lost.len(),
        found.duplicated.len(),
        found.orphaned.len(),
    ]
}

#[test]
fn a_sale_earns_one_credit() {
    assert_eq!(counts(friend(), &[credit()], &[given()]), [0, 0, 0]);
    assert_eq!(counts(friend(), &[], &[]), [1, 0, 0], "no row");
    assert_eq!(counts(friend(), &[credit()], &[]), [1, 0, 0], "not posted");
    let twice = [given(), given()];
    assert_eq!(counts(friend(), &[credit()], &twice), [0, 1, 0]);
    let other = [posted("credit:tenant:a", -500)];
    assert_eq!(counts(friend(), &[credit()], &other), [0, 0, 1]);
    let silent = Credit {
        notifications: 0,
        ..credit()
    };
    assert_eq!(counts(friend(), &[silent], &[given()]), [1, 0, 0]);
}

#[test]
fn an_undone_sale_keeps_no_credit() {
    let all = [given(), taken(), back()];
    assert_eq!(counts(undone(), &[credit()], &all), [0, 0, 0]);
    let withdrawn = CounterFriend {
        paid: 0,
        undone: 1,
        ..friend()
    };
    assert_eq!(counts(withdrawn.clone(), &[], &[]), [0, 0, 0]);
    assert_eq!(
        counts(withdrawn, &[credit()], &[given()]),
        [0, 0, 1],
        "nothing was taken back"
    );
    assert_ne!(
        counts(undone(), &[credit()], &[given(), back()]),
        [0, 0, 0],
        "not taken at Stripe"
    );
    assert_ne!(
        counts(undone(), &[credit()], &[given(), taken()]),
        [0, 0, 0],
        "what was not there did not go back"
    );
    let twice = [given(), taken(), taken(), back()];
    assert_eq!(counts(undone(), &[credit()], &twice)[1], 1);
    let told_wrong = CounterFriend {
        taken_back: Some(1000),
        ..undone()
    };
    assert_eq!(counts(told_wrong, &[credit()], &all), [0, 0, 1]);
}

#[test]
fn only_a_restore_may_bring_an_undone_sale_back() {
    assert_eq!(
        counts(friend(), &[credit()], &[given(), taken()]),
        [0, 0, 1]
    );
    let lost = PostedCredit {
        is_lost: true,
        ..taken()
    };
    assert_eq!(counts(friend(), &[credit()], &[given(), lost]), [0, 0, 0]);
}

#[test]
fn what_the_desk_did_is_there_unless_a_restore_lost_it() {
    let log = ActivityLog::default();
    log.record_counter_sale(CounterSale {
        site: "detroit-arms".into(),
        email: "friend-1@example.com".into(),
        at: 10,
        undone_at: Some(20),
    });
    let lost = |friends: &[CounterFriend]| {
        let all = [given(), taken(), back()];
        compare(friends, &kept(&log), &[credit()], &all).lost.len()
    };
    assert_eq!(lost(&[undone()]), 0);
    assert_eq!(lost(&[]), 1, "the sale");
    assert_eq!(lost(&[friend()]), 1, "the undoing");
    log.record_lost_period(LostPeriod { from: 15, to: 25 });
    assert_eq!(lost(&[friend()]), 0);
    assert_eq!(lost(&[]), 1);
    log.record_lost_period(LostPeriod { from: 5, to: 25 });
    assert_eq!(lost(&[]), 0);
}
