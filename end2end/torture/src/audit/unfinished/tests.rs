//! Tests with a database that has only the columns that are read.

use sea_orm::{ConnectionTrait, Database};

use super::*;
use crate::database::TestDatabase;

const TABLES: &str = "
    CREATE TABLE credits (id INTEGER PRIMARY KEY, state TEXT, failure_reason TEXT,
                          kind TEXT DEFAULT 'earned', purchase_id INTEGER, held_until INTEGER,
                          review TEXT);
    CREATE TABLE checkout_sessions (purchase_id INTEGER, state TEXT);
    CREATE TABLE purchases (credit_check TEXT, refund_check_at INTEGER, refund_checks INTEGER,
                            stripe_account_id INTEGER, payment_intent_id TEXT);
    CREATE TABLE platform_purchases (credit_check TEXT, refund_check_at INTEGER, refund_checks INTEGER,
                                     stripe_account_id INTEGER, payment_intent_id TEXT);
    CREATE TABLE subscriptions (check_at INTEGER, read_at INTEGER, checks INTEGER,
                                stripe_account_id INTEGER);
    CREATE TABLE stripe_accounts (id INTEGER PRIMARY KEY, stripe_account TEXT, livemode BOOLEAN);
    CREATE TABLE sites (stripe_account_id INTEGER);
    CREATE TABLE platform_settings (stripe_account_id INTEGER);
    CREATE TABLE mails (state TEXT);
    CREATE TABLE refunds (status TEXT, ending_due BOOLEAN, purchase_id INTEGER,
                          platform_purchase_id INTEGER);
    CREATE TABLE referrals (adjust_due BOOLEAN);
    CREATE TABLE platform_referrals (adjust_due BOOLEAN);
    CREATE TABLE Jobs (status TEXT, run_at INTEGER DEFAULT 0);";

/// Counts the unfinished work after inserting `rows`. Credits 1 to 3 are in the baseline.
async fn counted(name: &str, rows: &str) -> Unfinished {
    let file = format!("torture-unfinished-{}-{name}.db", std::process::id());
    let file = std::env::temp_dir().join(file);
    std::fs::remove_file(&file).ok();
    let database = TestDatabase::Sqlite { file: file.clone() };
    let setup = Database::connect(database.url()).await.unwrap();
    setup.execute_unprepared(TABLES).await.unwrap();
    setup.execute_unprepared(rows).await.unwrap();
    let baseline = Baseline {
        credit_id: 3,
        ..Baseline::default()
    };
    let counted = unfinished(&Connection::open(&database).await.unwrap(), &baseline).await;
    std::fs::remove_file(&file).ok();
    counted.unwrap()
}

#[tokio::test]
async fn failed_credits_count_except_those_of_the_demo_or_of_test_mode() {
    let rows = r#"INSERT INTO credits (id, state, failure_reason) VALUES
        (1, 'failed', '"unreachable"'),
        (2, 'failed', '"unreachable"'),
        (3, 'issued', NULL),
        (4, 'issued', NULL),
        (5, 'failed', '{"other_mode":"test"}')"#;
    assert_eq!(counted("excused", rows).await, Unfinished::default());
    for (name, reason) in [
        ("unreachable", r#"'"unreachable"'"#),
        ("not-connected", r#"'"stripe_not_connected"'"#),
        ("live", r#"'{"other_mode":"live"}'"#),
        ("none", "NULL"),
    ] {
        let rows = format!("{rows}, (6, 'failed', {reason})");
        let expected = Unfinished {
            failed_credits: 1,
            ..Unfinished::default()
        };
        assert_eq!(counted(name, &rows).await, expected, "{reason}");
    }
}

/// Stripe refused it, so nothing was taken and the purchase ended.
#[tokio::test]
async fn a_refused_debit_is_an_end() {
    let rows = "INSERT INTO credits (id, state, kind) VALUES (6, 'failed', 'spent')";
    assert_eq!(counted("debit", rows).await, Unfinished::default());
}

#[tokio::test]
async fn due_credits_undecided_purchases_and_running_jobs_count() {
    let rows = "INSERT INTO credits (id, state) VALUES (4, 'due');
        INSERT INTO purchases (credit_check) VALUES ('due'), ('done'), ('none');
        INSERT INTO platform_purchases (credit_check) VALUES ('due'), ('done');
        INSERT INTO Jobs (status) VALUES ('Pending'), ('Running'), ('Queued'), ('Done'), ('Failed')";
    let expected = Unfinished {
        due_credits: 1,
        undecided_purchases: 2,
        jobs: 3,
        ..Unfinished::default()
    };
    assert_eq!(counted("due", rows).await, expected);
}

/// The credit goes back or is spent once Stripe has answered.
#[tokio::test]
async fn a_session_with_credit_that_may_exist_counts() {
    let rows = "INSERT INTO credits (id, state, kind, purchase_id) VALUES
            (4, 'issued', 'spent', 1), (5, 'issued', 'spent', 2), (6, 'issued', 'earned', 3);
        INSERT INTO checkout_sessions VALUES (1, 'requested'), (2, 'expired'), (3, 'requested')";
    let expected = Unfinished {
        unanswered_sessions: 1,
        ..Unfinished::default()
    };
    assert_eq!(counted("unanswered", rows).await, expected);
}

/// What is kept of a payment that is not ours asks Stripe for nothing.
#[tokio::test]
async fn refunds_endings_and_adjustments_count_until_they_are_done() {
    let rows = "INSERT INTO refunds VALUES ('requested', FALSE, 1, NULL),
            ('requested', FALSE, NULL, NULL), ('succeeded', TRUE, 2, NULL), ('failed', TRUE, 3, NULL);
        INSERT INTO referrals VALUES (TRUE), (FALSE);
        INSERT INTO platform_referrals VALUES (TRUE)";
    let expected = Unfinished {
        due_refunds: 1,
        due_endings: 1,
        due_adjustments: 2,
        ..Unfinished::default()
    };
    assert_eq!(counted("refunds", rows).await, expected);
}

#[tokio::test]
async fn a_mail_is_due_until_it_was_sent_or_given_up() {
    let rows = "INSERT INTO mails VALUES ('due'), ('sent'), ('failed')";
    let expected = Unfinished {
        due_mails: 1,
        ..Unfinished::default()
    };
    assert_eq!(counted("mails", rows).await, expected);
}

#[tokio::test]
async fn what_is_on_hold_is_not_unfinished() {
    let later = crate::clock::unix_millis().unwrap() + 86_400_000;
    let rows = |held: i64, run_at: i64| {
        format!(
            "INSERT INTO credits (id, state, held_until) VALUES (4, 'due', {held}); \
             INSERT INTO Jobs (status, run_at) VALUES ('Pending', {run_at})"
        )
    };
    let on_hold = counted("on-hold", &rows(later, later / 1000)).await;
    assert_eq!(on_hold, Unfinished::default());
    let over = Unfinished {
        due_credits: 1,
        jobs: 1,
        ..Unfinished::default()
    };
    assert_eq!(counted("hold-over", &rows(1, 1)).await, over);
}

#[tokio::test]
async fn what_stripe_was_not_asked_counts_while_its_account_is_connected() {
    let rows = "INSERT INTO stripe_accounts VALUES (1, 'acct_1', FALSE), (2, 'acct_1', TRUE),
            (3, 'acct_1', TRUE);
        INSERT INTO sites VALUES (NULL), (3);
        INSERT INTO subscriptions VALUES
            (1, NULL, 0, 1), (1, NULL, 0, 2), (1, 1, 0, 3), (1, 1, 2, 3), (NULL, 1, 0, 3);
        INSERT INTO purchases (refund_check_at, refund_checks, stripe_account_id, payment_intent_id) VALUES
            (1, 0, 3, 'pi_1'), (1, 4, 3, 'pi_2'), (NULL, 0, 3, NULL), (1, 0, 1, NULL), (1, 0, NULL, NULL)";
    let expected = Unfinished {
        due_looks: 3,
        ..Unfinished::default()
    };
    assert_eq!(counted("looks", rows).await, expected);
}

/// The first look failed, and nobody looks again: a refund of it would never be known.
#[tokio::test]
async fn a_payment_that_stays_unknown_counts_while_its_account_is_connected() {
    let rows = "INSERT INTO stripe_accounts VALUES (1, 'acct_1', FALSE), (2, 'acct_1', TRUE);
        INSERT INTO platform_settings VALUES (2);
        INSERT INTO platform_purchases (refund_check_at, refund_checks, stripe_account_id) VALUES
            (1, 1, 2), (1, 1, 1), (NULL, 1, 2);
        INSERT INTO purchases (refund_check_at, refund_checks, stripe_account_id) VALUES (1, 1, 2)";
    let expected = Unfinished {
        due_looks: 2,
        ..Unfinished::default()
    };
    assert_eq!(counted("unknown-payment", rows).await, expected);
}

#[tokio::test]
async fn what_a_person_reviews_is_not_unfinished() {
    let rows = "INSERT INTO credits (id, state, review) VALUES (4, 'due', 'waiting')";
    assert_eq!(counted("review", rows).await, Unfinished::default());
    let approved = "INSERT INTO credits (id, state, review) VALUES (4, 'due', 'approved')";
    let expected = Unfinished {
        due_credits: 1,
        ..Unfinished::default()
    };
    assert_eq!(counted("approved", approved).await, expected);
}
