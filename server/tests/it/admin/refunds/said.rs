//! What the pages say of a refund: what the balance paid, what was paid in another currency, and what is taken
//! back.

use domain::purchase::ProductKind;
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};
use serde_json::Value;
use services::operator::partial_refunds::set_partial_refunds;

use super::{Scene, buy, scene};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    what_the_balance_paid_is_said_at_once,
    what_was_paid_in_another_currency_is_not_counted_in_dollars,
    the_page_says_what_is_taken_back,
);

/// Kim was not referred, so nobody asked before what the balance paid.
async fn what_the_balance_paid_is_said_at_once(app: TestApp) {
    app.referred().await;
    let kim = app.member(&app.detroit, "Kim", "kim@example.com").await;
    app.give_balance(&kim, "cus_kim", 1000).await;
    let kind = ProductKind::Membership;
    let membership = app.product(&app.detroit, kind, "range", 3900).await;
    let kim = app.signed_in("kim@example.com").await;
    let bought = buy(&app, &kim, membership.id.get(), false).await;
    app.run_jobs().await;
    let dana = app.detroit_admin().await;
    let path = format!("/admin/orders/{bought}/refund");
    let page = dana.get(&path).await.text;
    for words in ["Paid with credit", "$10.00", "$29.00", "value=\"3900\""] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(!page.contains("Not known"), "{page}");
    app.run_jobs().await;
}

/// The ticket for $45.00 was paid with 18,000 yen.
async fn what_was_paid_in_another_currency_is_not_counted_in_dollars(app: TestApp) {
    let scene = scene(&app).await;
    let Scene { dana, ticket, .. } = &scene;
    for (yen, label) in [(5000, "Partly refunded"), (18_000, "Refunded")] {
        let mut paid = app.purchase(*ticket).await.into_active_model();
        paid.paid_cents = Set(None);
        paid.foreign_amount = Set(Some(18_000));
        paid.foreign_currency = Set(Some("jpy".to_owned()));
        paid.refunded_cents = Set(yen);
        paid.update(app.state.db.writer()).await.unwrap();
        let phone = app.phone_of("jane@example.com").await;
        let told = phone.get(&format!("/api/v1/purchases/{ticket}")).await;
        assert_eq!(told.json["status_text"], label);
        assert_eq!(told.json["refunded"], Value::Null);
        let orders = dana.get("/admin/orders").await.text;
        let dashboard = scene.jane.get("/dashboard").await.text;
        for page in [orders, dashboard] {
            assert!(page.contains(label), "{label}: {page}");
            assert!(!page.contains("$50.00 refunded"), "{page}");
        }
    }
    app.run_jobs().await;
}

async fn the_page_says_what_is_taken_back(app: TestApp) {
    let scene = scene(&app).await;
    let path = format!("/admin/orders/{}/refund", scene.ticket);
    let page = scene.dana.get(&path).await.text;
    assert!(page.contains("once all of it is refunded"), "{page}");
    let set = set_partial_refunds(&app.state, Some("detroit-arms"), true).await;
    set.unwrap();
    let page = scene.dana.get(&path).await.text;
    assert!(page.contains("as large a part is taken back"), "{page}");
    app.run_jobs().await;
}
