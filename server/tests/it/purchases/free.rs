//! What costs nothing: the member has it at once, without Stripe, and it counts for nobody.

use domain::{
    purchase::{CreditCheck, ProductKind, PurchaseState},
    referral::ReferralStatus,
};
use store::entities::product;

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    a_free_ticket_needs_no_page_and_is_no_first_purchase,
    a_form_gets_one_ticket,
    it_needs_no_stripe,
    the_app_gets_it_too,
);

async fn free(app: &TestApp) -> product::Model {
    let kind = ProductKind::EventTicket;
    app.product(&app.detroit, kind, "open-day", 0).await
}

async fn get(browser: &Browser, ticket: &product::Model, form_token: &str) -> String {
    let id = ticket.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/open-day"),
        ("form_token", form_token),
    ];
    browser.go("buy", &form).await
}

async fn a_free_ticket_needs_no_page_and_is_no_first_purchase(app: TestApp) {
    let referred = app.referred().await;
    let ticket = free(&app).await;
    let jane = app.signed_in("jane@example.com").await;
    let page = jane.get("/events/open-day").await;
    assert!(page.text.contains("Get your free ticket"), "{}", page.text);
    assert!(page.text.contains("does not count as a first purchase"));
    let asked = app.stripe.requests().len();
    let receipt = get(&jane, &ticket, "form1").await;
    assert_eq!(app.stripe.requests().len(), asked, "Stripe is not asked");
    let row = app.purchases().await.remove(0);
    assert_eq!(receipt, format!("/purchases/{}", row.id));
    assert_eq!((*row.state, row.in_person), (PurchaseState::Paid, false));
    assert_eq!(row.credit_check, CreditCheck::Done);
    let page = jane.get(&receipt).await;
    assert!(
        page.text.contains("It was free, so it does not count"),
        "{}",
        page.text
    );
    assert_eq!(app.status().await, ReferralStatus::Pending);
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
    app.run_jobs().await;
}

async fn a_form_gets_one_ticket(app: TestApp) {
    app.referred().await;
    let ticket = free(&app).await;
    let jane = app.signed_in("jane@example.com").await;
    let (first, second) = tokio::join!(get(&jane, &ticket, "form1"), get(&jane, &ticket, "form1"));
    assert_eq!(first, second);
    assert_eq!(
        get(&jane, &ticket, "form1").await,
        first,
        "and Back, and again"
    );
    assert_ne!(get(&jane, &ticket, "form2").await, first, "one for a guest");
    assert_eq!(app.purchases().await.len(), 2);
}

async fn it_needs_no_stripe(app: TestApp) {
    let ticket = free(&app).await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.signed_in("mia@example.com").await;
    assert!(get(&mia, &ticket, "form1").await.starts_with("/purchases/"));
}

async fn the_app_gets_it_too(app: TestApp) {
    let ticket = free(&app).await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let phone = app.phone_of("mia@example.com").await;
    let body = serde_json::json!({ "product_id": ticket.id.get() });
    let answer = phone.post("/api/v1/purchases", &body).await;
    assert_eq!(
        (answer.status, answer.text("status")),
        (201, "paid".to_owned())
    );
    let id = app.purchases().await[0].id;
    let url = answer.text("checkout_url");
    assert!(url.ends_with(&format!("/purchases/{id}")), "{url}");
}
