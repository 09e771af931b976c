//! An account goes live, and the friend paid in test mode, in live mode, or in both.

use std::time::Duration;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn go_live(facts: &mut Facts, at: Instant) {
    facts.live_since.insert("detroit-arms".into(), vec![at]);
}

/// The site goes live at the time of the friend's payment.
fn live_at_payment(facts: &mut Facts) {
    go_live(facts, facts.friends[0].paid_at);
}

fn no_credit(facts: &mut Facts) {
    facts.credits.clear();
    facts.posted_credits.clear();
}

/// The credit exists and has failed.
fn failed(facts: &mut Facts) {
    facts.posted_credits.clear();
    let credit = &mut facts.credits[0];
    (credit.state, credit.notifications) = ("failed".into(), 0);
    credit.reason = Some(OTHER_MODE_REASON.into());
}

/// The friend pays this many of the two purchases in live mode.
fn pays_live(facts: &mut Facts, purchases: usize) {
    for friend in &mut facts.friends[..purchases] {
        friend.session = format!("cs_live_{}", friend.session);
        facts.paid_sessions.insert(friend.session.clone());
    }
}

#[test]
fn a_test_payment_near_going_live_may_earn_nothing() {
    for ends in [no_credit, failed] {
        let ends_at = |moment: fn(Instant) -> Instant| {
            compared(|facts| {
                let at = moment(facts.friends[0].paid_at);
                ends(facts);
                go_live(facts, at);
            })[0]
        };
        assert_eq!(ends_at(|paid| paid), 0);
        assert_eq!(ends_at(|paid| paid + 10 * MINUTE), 0, "on its way");
        assert_ne!(ends_at(|paid| paid + 11 * MINUTE), 0, "long before");
        assert_eq!(ends_at(|paid| paid - 10 * MINUTE), 0, "an open page");
        assert_ne!(ends_at(|paid| paid - 11 * MINUTE), 0, "long after");
        assert_ne!(compared(ends)[0], 0, "it stays in test mode");
    }
}

#[test]
fn a_purchase_long_before_going_live_earns_a_credit() {
    let first_long_before = |facts: &mut Facts| {
        no_credit(facts);
        go_live(facts, facts.friends[0].paid_at + 20 * MINUTE);
        facts.friends[1].paid_at += 20 * MINUTE;
    };
    assert_eq!(compared(first_long_before), [1, 0, 0]);
    let anew_after_a_restore = |facts: &mut Facts| {
        first_long_before(facts);
        let first = facts.friends[0].paid_at;
        for moments in facts.live_since.values_mut() {
            moments.push(first);
        }
    };
    assert_eq!(compared(anew_after_a_restore), [0, 0, 0]);
}

#[test]
fn another_site_going_live_makes_no_difference() {
    for site in ["motor-city-coaching", "pewpros"] {
        let elsewhere = |facts: &mut Facts| {
            no_credit(facts);
            let at = facts.friends[0].paid_at;
            facts.live_since.insert(site.into(), vec![at]);
        };
        assert_eq!(compared(elsewhere), [1, 0, 0], "{site}");
    }
}

#[test]
fn a_payment_in_live_mode_earns_a_credit() {
    for purchases in [1, 2] {
        let none = |facts: &mut Facts| {
            no_credit(facts);
            live_at_payment(facts);
            pays_live(facts, purchases);
        };
        assert_eq!(compared(none), [1, 0, 0]);
    }
    let ended = |facts: &mut Facts| {
        failed(facts);
        live_at_payment(facts);
        pays_live(facts, 1);
    };
    assert_eq!(
        compared(ended),
        [2, 0, 0],
        "not posted, and no notification"
    );
    let given = |facts: &mut Facts| {
        live_at_payment(facts);
        pays_live(facts, 1);
        (facts.credits[0].live, facts.posted_credits[0].live) = (Some(true), true);
    };
    assert_eq!(compared(given), [0, 0, 0]);
}

#[test]
fn only_the_wrong_mode_excuses_a_failed_credit() {
    for reason in [
        None,
        Some(r#""stripe_not_connected""#),
        Some(r#"{"other_mode":"live"}"#),
        Some(r#"{"refused":"other_mode"}"#),
    ] {
        let for_it = |facts: &mut Facts| {
            failed(facts);
            live_at_payment(facts);
            facts.credits[0].reason = reason.map(str::to_owned);
        };
        assert_eq!(compared(for_it), [2, 0, 0], "{reason:?}");
    }
}

#[test]
fn a_failed_credit_has_no_transaction_and_no_notification() {
    let notifications = |facts: &mut Facts| {
        failed(facts);
        live_at_payment(facts);
        facts.credits[0].notifications = 1;
    };
    assert_eq!(compared(notifications), [1, 0, 0]);
    let given = |facts: &mut Facts| {
        failed(facts);
        live_at_payment(facts);
        facts.posted_credits.push(posted_credit("cbtxn_1"));
    };
    assert_eq!(compared(given), [1, 0, 1], "no notification");
    let forgotten = |live: bool| {
        compared(|facts| {
            given(facts);
            (
                facts.posted_credits[0].is_lost,
                facts.posted_credits[0].live,
            ) = (true, live);
        })
    };
    assert_eq!(forgotten(false), [0, 0, 0], "a backup forgot it");
    assert_eq!(forgotten(true), [1, 0, 1]);
}

#[test]
fn a_live_payment_credited_in_test_mode_is_lost() {
    let paid_live = |purchases| {
        compared(|facts| {
            live_at_payment(facts);
            pays_live(facts, purchases);
        })
    };
    assert_eq!(paid_live(2), [1, 0, 0]);
    assert_eq!(paid_live(1), [0, 0, 0], "the one in test mode earned it");
}

#[test]
fn a_test_payment_credited_in_live_mode_is_orphaned() {
    let given_live = |facts: &mut Facts| {
        live_at_payment(facts);
        (facts.credits[0].live, facts.posted_credits[0].live) = (Some(true), true);
    };
    assert_eq!(compared(given_live), [0, 0, 1]);
    let on_the_other_balance = |facts: &mut Facts| facts.posted_credits[0].live = true;
    assert_eq!(compared(on_the_other_balance), [0, 0, 1]);
}

/// Both brands use the platform's account.
#[test]
fn a_subscription_in_test_mode_may_earn_nothing_when_a_brand_goes_live() {
    let record_subscription = |facts: &mut Facts, session: &str| {
        no_credit(facts);
        facts.friends.clear();
        let paid_at = Instant::now();
        facts.paid_sessions.insert(session.into());
        facts.subscriptions.push(Subscription {
            code: "ab3kx7mn".into(),
            session: session.into(),
            paid_at,
        });
        facts.live_since.insert("coachpros".into(), vec![paid_at]);
    };
    assert_eq!(
        compared(|facts| record_subscription(facts, "cs_test_9")),
        [0, 0, 0]
    );
    assert_eq!(
        compared(|facts| record_subscription(facts, "cs_live_9")),
        [1, 0, 0]
    );
    let of_a_tenant = |facts: &mut Facts| {
        record_subscription(facts, "cs_test_9");
        let moments = facts.live_since.remove("coachpros").unwrap();
        facts.live_since.insert("detroit-arms".into(), moments);
    };
    assert_eq!(compared(of_a_tenant), [1, 0, 0]);
}

/// The balance transaction in test mode exists, although its response was lost.
#[test]
fn a_credit_replaced_in_live_mode_may_leave_a_test_transaction() {
    let after_live_payments = |purchases: usize| {
        compared(|facts| {
            pays_live(facts, purchases);
            facts.credits[0].live = Some(true);
            (
                facts.credits[0].transaction_id,
                facts.posted_credits[0].live,
            ) = (Some("cbtxn_2".into()), false);
            facts.posted_credits.push(PostedCredit {
                live: true,
                ..posted_credit("cbtxn_2")
            });
        })
    };
    assert_eq!(after_live_payments(1), [0, 0, 0]);
    assert_eq!(
        after_live_payments(2),
        [0, 1, 0],
        "nothing was paid in test mode"
    );
}
