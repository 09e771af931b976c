use sea_orm::{ConnectionTrait, Database};
use serde_json::json;

use super::*;
use crate::database::TestDatabase;

fn at_stripe() -> AtStripe {
    let of_plan = json!({ "subscription_details": { "subscription": "sub_1" } });
    let mut at_stripe = AtStripe::default();
    let event = |id: &str, kind: &str, payment: &str| json!({ "id": id, "type": kind, "data": { "object": { "payment_intent": payment } } });
    let objects = json!({
        "refunds": [
            { "payment_intent": "pi_4", "status": "succeeded", "amount": 700 },
            { "payment_intent": "pi_1", "status": "succeeded", "amount": 4_500 },
            { "payment_intent": "pi_1", "status": "failed", "amount": 100 },
        ],
        "disputes": [{ "payment_intent": "pi_2", "status": "needs_response" }],
        "invoices": [{ "id": "in_1", "parent": of_plan }],
        "invoice_payments": [{ "invoice": "in_1", "payment": { "payment_intent": "pi_1" } }],
        "events": [
            event("evt_1", "refund.created", "pi_1"),
            event("evt_2", "charge.dispute.created", "pi_2"),
            event("evt_4", "refund.created", "pi_4"),
        ],
    });
    let accepted = ["evt_1", "evt_2"].map(str::to_owned).into();
    at_stripe.add(&objects, &accepted);
    at_stripe
}

fn known(payment: Option<&str>, subscription: Option<&str>, refunded: i64) -> Known {
    Known {
        payment: payment.map(str::to_owned),
        subscription: subscription.map(str::to_owned),
        back: MoneyBack {
            refunded,
            dispute: None,
        },
        is_connected: true,
    }
}

fn of_another_account(known: Known) -> Known {
    Known {
        is_connected: false,
        ..known
    }
}

#[test]
fn what_went_back_and_is_not_known_is_found() {
    let differs = |known: Known| at_stripe().difference(&known).is_some();
    assert!(!differs(known(Some("pi_1"), None, 4_500)));
    assert!(differs(known(Some("pi_1"), None, 0)));
    assert!(differs(known(Some("pi_1"), None, 4_600)));
    assert!(differs(known(Some("pi_2"), None, 0)), "it is disputed");
    assert!(!differs(known(Some("pi_3"), None, 0)));
    assert!(differs(known(Some("pi_3"), None, 100)));
    let unheard = known(Some("pi_4"), None, 0);
    assert!(differs(unheard.clone()), "its list says it");
    assert!(
        !differs(of_another_account(unheard)),
        "no endpoint was there, and no list can be read"
    );
    let heard = known(Some("pi_1"), None, 0);
    assert!(differs(of_another_account(heard)), "its event said it");
}

#[test]
fn a_refunded_plan_whose_payment_was_never_learned_is_found() {
    let differs = |known: Known| at_stripe().difference(&known).is_some();
    assert!(differs(known(None, Some("sub_1"), 0)));
    assert!(!differs(known(None, Some("sub_1"), 4_500)));
    assert!(!differs(known(None, Some("sub_2"), 0)), "nothing was paid");
}

#[tokio::test]
async fn without_a_payment_only_plans_of_connected_accounts_are_read() {
    let file = format!("torture-money-back-{}.db", std::process::id());
    let file = std::env::temp_dir().join(file);
    std::fs::remove_file(&file).ok();
    let database = TestDatabase::Sqlite { file: file.clone() };
    let setup = Database::connect(database.url()).await.unwrap();
    let rows = "
        CREATE TABLE purchases (state TEXT, payment_intent_id TEXT, subscription_id TEXT,
                                refunded_cents INTEGER, dispute TEXT, stripe_account_id INTEGER);
        CREATE TABLE platform_purchases AS SELECT * FROM purchases;
        CREATE TABLE stripe_accounts (id INTEGER PRIMARY KEY, stripe_account TEXT, livemode BOOLEAN);
        CREATE TABLE sites (stripe_account_id INTEGER);
        CREATE TABLE platform_settings (stripe_account_id INTEGER);
        INSERT INTO stripe_accounts VALUES (1, 'acct_1', FALSE), (2, 'acct_1', TRUE);
        INSERT INTO platform_settings VALUES (2);
        INSERT INTO purchases VALUES ('paid', 'pi_3', NULL, 0, NULL, 1),
            ('open', 'pi_4', NULL, 0, NULL, 1), ('paid', NULL, NULL, 0, NULL, 2);
        INSERT INTO platform_purchases VALUES ('paid', NULL, 'sub_1', 0, NULL, 2),
            ('paid', NULL, 'sub_2', 0, NULL, 1)";
    setup.execute_unprepared(rows).await.unwrap();
    let found = super::known(&Connection::open(&database).await.unwrap()).await;
    std::fs::remove_file(&file).ok();
    let of_test_mode = of_another_account(known(Some("pi_3"), None, 0));
    let expected = [of_test_mode, known(None, Some("sub_1"), 0)];
    assert_eq!(found.unwrap(), expected);
}
