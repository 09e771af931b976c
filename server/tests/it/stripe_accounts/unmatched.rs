//! An event about a payment of ours that is not found here is never "seen before".

use std::time::Duration;

use sea_orm::EntityTrait;
use serde_json::{Value, json};
use server::{
    db::{entities::stripe_event, purchases},
    jobs::sweep,
};

use crate::support::{Referred, TestApp, event, on_both_databases, session, subscription};

on_both_databases!(
    it_is_applied_once_its_purchase_is_there,
    the_sweep_applies_it,
    after_three_days_stripe_is_told_to_stop_and_it_is_kept,
    what_another_site_sold_is_no_concern,
    a_brand_that_is_not_here_is_waited_for,
);

const COMPLETED: &str = "checkout.session.completed";

fn ours() -> Value {
    let mut ours = session("cs_lost", "paid");
    ours["metadata"] = json!({"site": "detroit-arms", "purchase_id": "999999"});
    ours
}

async fn stored(app: &TestApp) -> stripe_event::Model {
    let rows = stripe_event::Entity::find().all(app.state.db.conn());
    let mut rows = rows.await.unwrap();
    assert_eq!(rows.len(), 1, "{rows:?}");
    rows.remove(0)
}

/// The purchase comes back, as it does with a newer backup.
async fn put_back(app: &TestApp, referred: &Referred) -> i64 {
    let (db, account) = (app.state.db.conn(), app.account().await);
    let (ticket, jane) = (&referred.ticket, referred.jane.id);
    let row = purchases::insert(db, ticket, jane, Some(account), 0).await;
    let row = row.unwrap();
    purchases::set_session(db, row.id, "cs_lost").await.unwrap();
    row.id
}

async fn it_is_applied_once_its_purchase_is_there(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", COMPLETED, ours());
    for _ in 0..2 {
        assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
        assert!(stored(&app).await.unmatched_since.is_some());
    }
    let purchase = put_back(&app, &referred).await;
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(app.purchase(purchase).await.state, "paid");
    assert_eq!(stored(&app).await.unmatched_since, None);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    app.decide(purchase).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn the_sweep_applies_it(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", COMPLETED, ours());
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    sweep::round(&app.state).await.unwrap();
    assert!(stored(&app).await.unmatched_since.is_some());
    let purchase = put_back(&app, &referred).await;
    sweep::round(&app.state).await.unwrap();
    assert_eq!(app.purchase(purchase).await.state, "paid");
    assert_eq!(stored(&app).await.unmatched_since, None);
    app.decide(purchase).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn after_three_days_stripe_is_told_to_stop_and_it_is_kept(app: TestApp) {
    let referred = app.referred().await;
    let body = event("evt_1", COMPLETED, ours());
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    app.advance(Duration::from_secs(71 * 60 * 60));
    assert_eq!(app.deliver(&referred.webhook, &body).await, 409);
    app.advance(Duration::from_secs(60 * 60));
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert!(stored(&app).await.unmatched_since.is_some());
    // Told again after all, it is still applied.
    let purchase = put_back(&app, &referred).await;
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(app.purchase(purchase).await.state, "paid");
}

async fn what_another_site_sold_is_no_concern(app: TestApp) {
    let referred = app.referred().await;
    let mut theirs = ours();
    theirs["metadata"]["site"] = json!("a-shop-of-somebody-else");
    let body = event("evt_1", COMPLETED, theirs);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(stored(&app).await.unmatched_since, None);
}

async fn a_brand_that_is_not_here_is_waited_for(app: TestApp) {
    let platform = app.platform().await;
    let mut session = subscription("cs_1", &platform.pewpros, "kim@example.com", None);
    session["metadata"]["brand"] = json!("not-here-yet");
    let body = event("evt_1", COMPLETED, session);
    assert_eq!(app.tell_platform(&platform, &body).await, 409);
    assert!(stored(&app).await.unmatched_since.is_some());
    assert!(app.platform_purchases().await.is_empty());
}
