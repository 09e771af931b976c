//! The account went live, and the friend paid in test mode, or in live mode, or in both.

use std::time::Duration;

use super::*;

const MINUTE: Duration = Duration::from_mins(1);

fn go_live(facts: &mut Facts, at: Instant) {
    facts.live_since.insert("detroit-arms".into(), vec![at]);
}

/// The site went live when the friend paid.
fn goes_live(facts: &mut Facts) {
    go_live(facts, facts.friends[0].paid_at);
}

fn no_credit(facts: &mut Facts) {
    facts.credits.clear();
    facts.entries.clear();
}

/// The credit is there, and was not given.
fn failed(facts: &mut Facts) {
    facts.entries.clear();
    let credit = &mut facts.credits[0];
    (credit.state, credit.told) = ("failed".into(), 0);
    credit.reason = Some(OTHER_MODE.into());
}

/// The friend paid so many of the two purchases in live mode.
fn pays_live(facts: &mut Facts, purchases: usize) {
    for friend in &mut facts.friends[..purchases] {
        friend.session = format!("cs_live_{}", friend.session);
        facts.paid_sessions.insert(friend.session.clone());
    }
}

#[test]
fn test_money_may_earn_nothing_about_when_the_site_goes_live() {
    for ends in [no_credit, failed] {
        let ends_at = |moment: fn(Instant) -> Instant| {
            judged(|facts| {
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
        assert_ne!(judged(ends)[0], 0, "it stays in test mode");
    }
}

#[test]
fn one_purchase_long_before_earns() {
    let first_long_before = |facts: &mut Facts| {
        no_credit(facts);
        go_live(facts, facts.friends[0].paid_at + 20 * MINUTE);
        facts.friends[1].paid_at += 20 * MINUTE;
    };
    assert_eq!(judged(first_long_before), [1, 0, 0]);
    let anew_after_a_restore = |facts: &mut Facts| {
        first_long_before(facts);
        let first = facts.friends[0].paid_at;
        for moments in facts.live_since.values_mut() {
            moments.push(first);
        }
    };
    assert_eq!(judged(anew_after_a_restore), [0, 0, 0]);
}

#[test]
fn another_site_that_goes_live_excuses_nothing() {
    for site in ["motor-city-coaching", "pewpros"] {
        let elsewhere = |facts: &mut Facts| {
            no_credit(facts);
            let at = facts.friends[0].paid_at;
            facts.live_since.insert(site.into(), vec![at]);
        };
        assert_eq!(judged(elsewhere), [1, 0, 0], "{site}");
    }
}

#[test]
fn one_payment_in_live_mode_earns() {
    for purchases in [1, 2] {
        let none = |facts: &mut Facts| {
            no_credit(facts);
            goes_live(facts);
            pays_live(facts, purchases);
        };
        assert_eq!(judged(none), [1, 0, 0]);
    }
    let ended = |facts: &mut Facts| {
        failed(facts);
        goes_live(facts);
        pays_live(facts, 1);
    };
    assert_eq!(judged(ended), [2, 0, 0], "not given, and nobody told");
    let given = |facts: &mut Facts| {
        goes_live(facts);
        pays_live(facts, 1);
        (facts.credits[0].live, facts.entries[0].live) = (Some(true), true);
    };
    assert_eq!(judged(given), [0, 0, 0]);
}

#[test]
fn a_credit_fails_for_no_other_reason() {
    for reason in [
        None,
        Some(r#""stripe_not_connected""#),
        Some(r#"{"other_mode":"live"}"#),
        Some(r#"{"refused":"other_mode"}"#),
    ] {
        let for_it = |facts: &mut Facts| {
            failed(facts);
            goes_live(facts);
            facts.credits[0].reason = reason.map(str::to_owned);
        };
        assert_eq!(judged(for_it), [2, 0, 0], "{reason:?}");
    }
}

#[test]
fn a_credit_that_failed_was_neither_given_nor_told() {
    let told = |facts: &mut Facts| {
        failed(facts);
        goes_live(facts);
        facts.credits[0].told = 1;
    };
    assert_eq!(judged(told), [1, 0, 0]);
    let given = |facts: &mut Facts| {
        failed(facts);
        goes_live(facts);
        facts.entries.push(entry("cbtxn_1"));
    };
    assert_eq!(judged(given), [1, 0, 1], "nobody was told");
    let forgotten = |live: bool| {
        judged(|facts| {
            given(facts);
            (facts.entries[0].is_gone, facts.entries[0].live) = (true, live);
        })
    };
    assert_eq!(forgotten(false), [0, 0, 0], "a backup forgot it");
    assert_eq!(forgotten(true), [1, 0, 1]);
}

#[test]
fn real_money_on_a_test_balance_is_lost() {
    let paid_live = |purchases| {
        judged(|facts| {
            goes_live(facts);
            pays_live(facts, purchases);
        })
    };
    assert_eq!(paid_live(2), [1, 0, 0]);
    assert_eq!(paid_live(1), [0, 0, 0], "the one in test mode earned it");
}

#[test]
fn test_money_earns_nothing_real() {
    let given_live = |facts: &mut Facts| {
        goes_live(facts);
        (facts.credits[0].live, facts.entries[0].live) = (Some(true), true);
    };
    assert_eq!(judged(given_live), [0, 0, 1]);
    let on_the_other_balance = |facts: &mut Facts| facts.entries[0].live = true;
    assert_eq!(judged(on_the_other_balance), [0, 0, 1]);
}

/// The brands share the platform's account.
#[test]
fn a_subscription_in_test_mode_may_earn_nothing_when_a_brand_goes_live() {
    let subscribed = |facts: &mut Facts, session: &str| {
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
    assert_eq!(judged(|facts| subscribed(facts, "cs_test_9")), [0, 0, 0]);
    assert_eq!(judged(|facts| subscribed(facts, "cs_live_9")), [1, 0, 0]);
    let of_a_tenant = |facts: &mut Facts| {
        subscribed(facts, "cs_test_9");
        let moments = facts.live_since.remove("coachpros").unwrap();
        facts.live_since.insert("detroit-arms".into(), moments);
    };
    assert_eq!(judged(of_a_tenant), [1, 0, 0]);
}

/// The test entry is there although its answer was lost.
#[test]
fn what_gave_way_to_real_money_may_lie_on_a_test_balance() {
    let after_live_payments = |purchases: usize| {
        judged(|facts| {
            pays_live(facts, purchases);
            facts.credits[0].live = Some(true);
            (facts.credits[0].entry, facts.entries[0].live) = (Some("cbtxn_2".into()), false);
            facts.entries.push(Entry {
                live: true,
                ..entry("cbtxn_2")
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
