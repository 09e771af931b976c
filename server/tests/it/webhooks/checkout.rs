//! What events about a Checkout session do to its purchase, in any order.

use std::time::Duration;

use serde_json::json;
use store::{Pool, checkout_sessions};
use tokio::{task::yield_now, time::timeout};

use crate::support::{TestApp, WEBHOOK_SECRET, event, moment, on_both_databases, session};

on_both_databases!(
    unpaid_waits_for_the_money,
    a_refused_slow_payment_earns_nothing,
    an_expired_session_earns_nothing,
    late_news_does_not_undo_a_payment,
    an_old_shape_is_read,
    an_event_before_its_session_is_stored_finds_the_purchase,
    a_session_of_another_account_is_nobodys,
    a_session_is_told_where_its_account_was_connected_anew,
    a_discount_to_nothing_earns_nothing,
);

const COMPLETED: &str = "checkout.session.completed";

async fn tell(app: &TestApp, webhook: &str, id: &str, kind: &str, payment_status: &str) {
    let body = event(id, kind, session("cs_1", payment_status));
    assert_eq!(app.deliver(webhook, &body).await, 200);
}

async fn unpaid_waits_for_the_money(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    tell(&app, &referred.webhook, "evt_1", COMPLETED, "unpaid").await;
    let waiting = app.purchase(purchase.id).await;
    assert_eq!(
        (waiting.state.code(), waiting.credit_check.code()),
        ("processing", "none")
    );
    tell(
        &app,
        &referred.webhook,
        "evt_2",
        "checkout.session.async_payment_succeeded",
        "paid",
    )
    .await;
    let paid = app.purchase(purchase.id).await;
    assert_eq!(
        (paid.state.code(), paid.credit_check.code()),
        ("paid", "due")
    );
    assert_eq!(paid.paid_cents, Some(4500));
    assert_eq!(paid.payment_intent_id.as_deref(), Some("pi_1"));
    app.decide(purchase.id).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_refused_slow_payment_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    tell(&app, &referred.webhook, "evt_1", COMPLETED, "unpaid").await;
    tell(
        &app,
        &referred.webhook,
        "evt_2",
        "checkout.session.async_payment_failed",
        "unpaid",
    )
    .await;
    let failed = app.purchase(purchase.id).await;
    assert_eq!(
        (failed.state.code(), failed.credit_check.code()),
        ("failed", "none")
    );
    app.decide(purchase.id).await;
    assert!(app.credits().await.is_empty());
}

async fn an_expired_session_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    tell(
        &app,
        &referred.webhook,
        "evt_1",
        "checkout.session.expired",
        "unpaid",
    )
    .await;
    assert_eq!(app.purchase(purchase.id).await.state.code(), "expired");
    assert!(app.credits().await.is_empty());
}

async fn late_news_does_not_undo_a_payment(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    tell(
        &app,
        &referred.webhook,
        "evt_3",
        "checkout.session.async_payment_succeeded",
        "paid",
    )
    .await;
    tell(&app, &referred.webhook, "evt_2", COMPLETED, "unpaid").await;
    tell(
        &app,
        &referred.webhook,
        "evt_4",
        "checkout.session.expired",
        "unpaid",
    )
    .await;
    tell(&app, &referred.webhook, "evt_5", COMPLETED, "paid").await;
    let paid = app.purchase(purchase.id).await;
    assert_eq!(
        (paid.state.code(), paid.credit_check.code()),
        ("paid", "due")
    );
    app.decide(purchase.id).await;
    app.decide(purchase.id).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn an_old_shape_is_read(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    // API versions before 2020 had neither `payment_status` nor `amount_total`.
    let body = event(
        "evt_1",
        COMPLETED,
        json!({"id": "cs_1", "display_items": [{"amount": 4500}], "customer": {"id": "cus_1", "object": "customer"}}),
    );
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    let paid = app.purchase(purchase.id).await;
    assert_eq!((paid.state.code(), paid.paid_cents), ("paid", Some(4500)));
    app.run_jobs().await;
}

async fn an_event_before_its_session_is_stored_finds_the_purchase(app: TestApp) {
    let referred = app.referred().await;
    let (purchase, token) = app.unanswered_purchase(&referred).await;
    let mut early = session("cs_early", "paid");
    early["metadata"] = json!({ "token": token });
    let body = event("evt_1", COMPLETED, early);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    let paid = app.purchase(purchase.id).await;
    assert_eq!(
        (paid.state.code(), paid.checkout_session_id.as_deref()),
        ("paid", Some("cs_early"))
    );
    app.run_jobs().await;
}

/// The buyer pays so soon that the event comes while the session's id is being stored.
#[tokio::test]
async fn a_session_whose_id_is_being_stored_is_found() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let referred = app.referred().await;
    let (purchase, token) = app.unanswered_purchase(&referred).await;
    let row = checkout_sessions::of_purchase(app.state.db.reader(), purchase.id).await;
    let row = row.unwrap().unwrap();
    let mut paid = session("cs_now", "paid");
    paid["metadata"] = json!({ "token": token });
    let body = event("evt_1", COMPLETED, paid);

    let storing = app.state.db.begin().await.unwrap();
    let url = "https://checkout.stripe.com/c/pay/cs_now";
    checkout_sessions::set_open(&storing, row.id, "cs_now", url, moment(0))
        .await
        .unwrap();
    let store = async {
        until_somebody_waits_for_a_row(&app).await;
        storing.commit().await.unwrap();
    };
    let (told, ()) = tokio::join!(app.deliver(&referred.webhook, &body), store);
    assert_eq!(told, 200);
    assert_eq!(app.purchase(purchase.id).await.state.code(), "paid");
    app.decide(purchase.id).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn until_somebody_waits_for_a_row(app: &TestApp) {
    const PATIENCE: Duration = Duration::from_secs(30);
    const WAITING: &str = "SELECT count(*) FROM pg_stat_activity \
        WHERE datname = current_database() AND wait_event_type = 'Lock'";
    let Pool::Postgres(pool) = app.state.db.pool() else {
        panic!("not on PostgreSQL")
    };
    let waiting = async {
        let count = || sqlx::query_scalar::<_, i64>(WAITING).fetch_one(pool);
        while count().await.unwrap() == 0 {
            yield_now().await;
        }
    };
    timeout(PATIENCE, waiting).await.expect("nobody waits");
}

/// With the new key came a new webhook endpoint, and the old one was removed at Stripe.
async fn a_session_is_told_where_its_account_was_connected_anew(app: TestApp) {
    let referred = app.referred().await;
    let known = app.open_purchase(&referred, "cs_1").await;
    let account = app.account().await;
    let (asked, token) = app.unanswered_purchase(&referred).await;
    let webhook = app
        .connect_stripe(&app.detroit, "sk_test_rolled", WEBHOOK_SECRET)
        .await;
    assert_ne!(app.account().await, account);
    tell(&app, &webhook, "evt_1", COMPLETED, "paid").await;
    assert_eq!(app.purchase(known.id).await.state.code(), "paid");
    let mut session = session("cs_2", "paid");
    session["metadata"] = json!({ "token": token });
    let body = event("evt_2", COMPLETED, session);
    assert_eq!(app.deliver(&webhook, &body).await, 200);
    assert_eq!(app.purchase(asked.id).await.state.code(), "paid");
    app.decide(known.id).await;
    let [credit] = &app.credits().await[..] else {
        panic!("not one credit")
    };
    assert_eq!(credit.state.code(), "issued");
    app.run_jobs().await;
}

async fn a_session_of_another_account_is_nobodys(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let others = app
        .connect_stripe(&app.coaching, "sk_test_coaching", "whsec_coaching")
        .await;
    let mut forged = session("cs_1", "paid");
    forged["metadata"] = json!({"purchase_id": purchase.id.to_string()});
    let body = event("evt_1", COMPLETED, forged);
    let now = app.state.clock.now().unix_timestamp();
    let header = crate::support::signature("whsec_coaching", now, &body);
    assert_eq!(app.post_webhook(&others, Some(&header), body).await, 200);
    assert_eq!(app.purchase(purchase.id).await.state.code(), "open");
}

async fn a_discount_to_nothing_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    let purchase = app.open_purchase(&referred, "cs_1").await;
    let mut free = session("cs_1", "no_payment_required");
    free["amount_total"] = json!(0);
    assert_eq!(
        app.deliver(&referred.webhook, &event("evt_1", COMPLETED, free))
            .await,
        200
    );
    let paid = app.purchase(purchase.id).await;
    assert_eq!(
        (paid.state.code(), paid.credit_check.code()),
        ("paid", "done")
    );
}
