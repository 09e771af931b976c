//! A payment that is not what its order costs is told to the admin, however it became known.

use std::time::Duration;

use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use store::{PurchaseId, entities::purchase};
use stripe_stand_in::PaymentStatus;

use super::{Scene, bought, buy, scene, session};
use crate::support::{Browser, STRIPE_KEY, TestApp, on_both_databases, purchase_in};

on_both_databases!(
    a_payment_with_credit_that_is_not_the_price_is_told,
    a_retrieved_payment_without_credit_is_told_too,
    what_makes_the_price_needs_no_attention,
);

const ATTENTION: &str = "1 order was paid with another amount than its price";

async fn change(app: &TestApp, id: PurchaseId, change: impl FnOnce(&mut purchase::ActiveModel)) {
    let mut row = app.purchase(id).await.into_active_model();
    change(&mut row);
    row.update(app.state.db.writer()).await.unwrap();
}

async fn orders(desk: &Browser) -> String {
    desk.get("/admin/orders").await.text
}

async fn needs_attention(desk: &Browser) -> bool {
    let page = desk.get("/admin/referrals").await;
    assert_eq!(page.status, 200);
    page.text.contains(ATTENTION)
}

async fn a_payment_with_credit_that_is_not_the_price_is_told(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let desk = app.detroit_admin().await;
    buy(&jane, &referred.ticket, 2500).await;
    let id = bought(&app).await.id;
    change(&app, id, |row| row.price_cents = Set(5000)).await;
    app.pay(&session(&app), PaymentStatus::Paid).await;
    app.run_jobs().await;
    let page = orders(&desk).await;
    let told = "$25.00 charged and $20.00 of credit do not make $50.00";
    assert!(page.contains(told), "{page}");
    assert!(needs_attention(&desk).await);
    let one = desk.get(&format!("/admin/orders?q=%23{id}")).await.text;
    assert!(one.contains(told), "{one}");
    // Whoever refunded a part has looked at it.
    change(&app, id, |row| row.refunded_cents = Set(100)).await;
    assert!(!needs_attention(&desk).await);
    assert!(orders(&desk).await.contains(told), "it stays so");
    app.settle().await;
}

async fn a_retrieved_payment_without_credit_is_told_too(app: TestApp) {
    let referred = app.referred().await;
    let desk = app.detroit_admin().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let jane = app.signed_in("jane@example.com").await;
    let ticket = referred.ticket.id.to_string();
    let form = [
        ("product_id", ticket.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    jane.go("buy", &form).await;
    let page = session(&app);
    let id = purchase_in(&page);
    change(&app, id, |row| row.price_cents = Set(5000)).await;
    let paid = page["id"].as_str().unwrap();
    app.stripe
        .complete(paid, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    app.advance(Duration::from_secs(5 * 60));
    jane.get(&format!("/purchases/{id}")).await;
    assert_eq!(app.purchase(id).await.state.code(), "paid");
    let page = orders(&desk).await;
    assert!(page.contains("$45.00 charged instead of $50.00"), "{page}");
    assert!(needs_attention(&desk).await);
    app.advance(Duration::from_secs(31 * 24 * 60 * 60));
    desk.sign_in("dana@example.com").await;
    assert!(!needs_attention(&desk).await, "it is not told for ever");
    app.leave_jobs();
}

async fn what_makes_the_price_needs_no_attention(app: TestApp) {
    let Scene { referred, jane } = scene(&app).await;
    let desk = app.detroit_admin().await;
    buy(&jane, &referred.ticket, 2500).await;
    app.pay(&session(&app), PaymentStatus::Paid).await;
    app.run_jobs().await;
    app.settle().await;
    let page = orders(&desk).await;
    assert!(page.contains("$20.00 of it from credit"), "{page}");
    assert!(!page.contains("do not make"), "{page}");
    assert!(!page.contains("charged instead"), "{page}");
    assert!(!needs_attention(&desk).await);
}
