use super::*;

fn friend(refunded: i64, taken_back: i64) -> RefundedFriend {
    RefundedFriend {
        buyer: Buyer::Friend {
            site: "motor-city-coaching".into(),
            email: "friend-1@example.com".into(),
        },
        purchases: vec![Purchase {
            id: 7,
            session: Some("cs_live_1".into()),
            paid: 4500,
            refunded,
            dispute: None,
            ended: EndedInHold::No,
        }],
        earned_by: Some(7),
        taken_back,
        shortfall: 0,
        entries: match taken_back {
            0 => Vec::new(),
            cents => vec![entry("credit:reversed:1:a", cents)],
        },
    }
}

fn entry(key: &str, cents: i64) -> Entry {
    Entry {
        key: key.into(),
        state: "issued".into(),
        cents,
    }
}

fn credit() -> Credit {
    Credit {
        key: "credit:a".into(),
        state: "issued".into(),
        reason: None,
        live: Some(true),
        cents: -1000,
        transaction_id: Some("cbtxn_1".into()),
        status: "credited".into(),
        email: Some("friend-1@example.com".into()),
        site: Some("motor-city-coaching".into()),
        code: Some("ABC".into()),
        session: None,
        referrer: "mia@example.com".into(),
        notifications: 1,
    }
}

fn posted(key: &str, cents: i64) -> PostedCredit {
    PostedCredit {
        id: "cbtxn_1".into(),
        customer_id: "cus_mia".into(),
        email: "mia@example.com".into(),
        created: 0,
        ledger_key: key.into(),
        cents,
        live: true,
        is_lost: false,
    }
}

fn found(friend: RefundedFriend, credits: &[Credit], posted: &[PostedCredit]) -> [usize; 3] {
    let findings = compare(&[friend], credits, posted);
    [
        findings.lost.len(),
        findings.duplicated.len(),
        findings.orphaned.len(),
    ]
}

#[test]
fn what_is_left_is_what_was_not_to_be_taken_back() {
    let earned = || posted("credit:a", -1000);
    let taken = || posted("credit:reversed:1:a", 1000);
    let whole = [earned(), taken()];
    assert_eq!(found(friend(4500, 1000), &[credit()], &whole), [0, 0, 0]);
    assert_eq!(found(friend(4400, 0), &[credit()], &[earned()]), [0, 0, 0]);
    // Not taken back, taken back for nothing, and twice.
    assert_eq!(found(friend(4500, 0), &[credit()], &[earned()]), [0, 0, 1]);
    assert_eq!(found(friend(4400, 1000), &[credit()], &whole), [0, 0, 1]);
    let twice = [earned(), taken(), taken()];
    assert_eq!(found(friend(4500, 1000), &[credit()], &twice), [0, 1, 1]);
    assert_eq!(
        found(friend(4500, 1000), &[credit()], &[earned()]),
        [1, 0, 1]
    );
}

#[test]
fn a_shortfall_is_not_at_stripe() {
    let mut short = friend(4500, 300);
    let at_stripe = [
        posted("credit:a", -1000),
        posted("credit:reversed:1:a", 300),
    ];
    assert_eq!(found(short.clone(), &[credit()], &at_stripe), [0, 0, 1]);
    short.shortfall = 700;
    assert_eq!(found(short, &[credit()], &at_stripe), [0, 0, 0]);
}

#[test]
fn a_share_is_taken_where_the_site_takes_it() {
    let mut part = friend(900, 200);
    part.buyer = Buyer::Friend {
        site: TAKES_SHARE.into(),
        email: "friend-1@example.com".into(),
    };
    let credit = Credit {
        site: Some(TAKES_SHARE.into()),
        ..credit()
    };
    let at_stripe = [
        posted("credit:a", -1000),
        posted("credit:reversed:1:a", 200),
    ];
    assert_eq!(found(part, &[credit], &at_stripe), [0, 0, 0]);
}

#[test]
fn a_purchase_that_stands_earns() {
    assert_eq!(found(friend(4400, 0), &[], &[]), [1, 0, 0]);
    assert_eq!(found(friend(4500, 0), &[], &[]), [0, 0, 0]);
    let mut disputed = friend(0, 0);
    disputed.purchases[0].dispute = Some("open".into());
    assert_eq!(found(disputed, &[], &[]), [0, 0, 0]);
}

#[test]
fn a_membership_that_ended_in_its_hold_earns_nothing() {
    let earned = posted("credit:a", -1000);
    let mut ended = friend(0, 0);
    ended.purchases[0].ended = EndedInHold::Yes;
    assert_eq!(found(ended.clone(), &[], &[]), [0, 0, 0]);
    assert_eq!(
        found(ended.clone(), &[credit()], std::slice::from_ref(&earned)),
        [0, 0, 1]
    );
    assert_eq!(ended_in_hold(&[ended.clone(), friend(0, 0)]), 1);
    let mut given_back = ended.clone();
    given_back.purchases[0].refunded = 4500;
    assert_eq!(ended_in_hold(&[given_back]), 0, "it earns nothing anyway");
    // It was issued before anybody heard of the end.
    ended.purchases[0].ended = EndedInHold::Perhaps;
    assert_eq!(found(ended.clone(), &[], &[]), [0, 0, 0]);
    assert_eq!(ended_in_hold(std::slice::from_ref(&ended)), 0);
    assert_eq!(
        found(ended, &[credit()], std::slice::from_ref(&earned)),
        [0, 0, 0]
    );
    assert_eq!(found(friend(0, 0), &[credit()], &[earned]), [0, 0, 0]);
    assert_eq!(found(friend(0, 0), &[], &[]), [1, 0, 0], "it goes on");
}

#[test]
fn a_plan_that_was_refunded_earns_nothing() {
    let plan = |refunded, taken_back| RefundedFriend {
        buyer: Buyer::Subscriber {
            session: "cs_live_9".into(),
        },
        ..friend(refunded, taken_back)
    };
    let credit = Credit {
        email: None,
        site: None,
        session: Some("cs_live_9".into()),
        notifications: 0,
        ..credit()
    };
    let whole = [
        posted("credit:a", -1000),
        posted("credit:reversed:1:a", 1000),
    ];
    let credits = [credit];
    assert_eq!(found(plan(4500, 1000), &credits, &whole), [0, 0, 0]);
    assert_eq!(found(plan(4500, 0), &credits, &whole[..1]), [0, 0, 1]);
    assert_eq!(found(plan(4400, 0), &credits, &whole[..1]), [0, 0, 0]);
    assert_eq!(found(plan(4400, 0), &[], &[]), [1, 0, 0]);
    assert!(!friend(0, 0).earned(&credits[0]));
}
