//! What cannot be bought, and what the buyer is told.

use domain::ProductKind;
use server::services::operator;
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_visitor_signs_in_first,
    nonsense_and_other_tenants_products_are_refused_in_words,
    without_stripe_the_buyer_is_sent_to_the_counter,
    when_stripe_is_down_nothing_is_lost,
    a_free_product_is_paid_and_earns_nothing,
);

fn form(id: &str) -> [(&str, &str); 2] {
    [("product_id", id), ("page", "/events/steel-challenge")]
}

async fn a_visitor_signs_in_first(app: TestApp) {
    let referred = app.referred().await;
    let id = referred.ticket.id.to_string();
    assert_eq!(
        app.browser().go("buy", &form(&id)).await,
        "/sign-in?next=/events/steel-challenge"
    );
}

async fn nonsense_and_other_tenants_products_are_refused_in_words(app: TestApp) {
    app.referred().await;
    let others = app
        .product(&app.coaching, ProductKind::Course, "course", 9900)
        .await;
    let browser = app.browser();
    browser.sign_in("jane@example.com").await;
    for id in [
        others.id.to_string().as_str(),
        "",
        "0",
        "-1",
        "abc",
        "99999999999999999999",
        "1;drop",
    ] {
        let refusal = browser.refused("buy", &form(id)).await;
        assert!(refusal.message.is_some(), "{id}");
    }
}

async fn without_stripe_the_buyer_is_sent_to_the_counter(app: TestApp) {
    let referred = app.referred().await;
    operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let browser = app.browser();
    browser.sign_in("jane@example.com").await;
    let refusal = browser
        .refused("buy", &form(&referred.ticket.id.to_string()))
        .await;
    assert!(refusal.message.unwrap().contains("counter"));
}

async fn when_stripe_is_down_nothing_is_lost(app: TestApp) {
    let referred = app.referred().await;
    let browser = app.browser();
    browser.sign_in("jane@example.com").await;
    app.stripe
        .fault(Fault::next(FaultKind::BadGateway).on("POST", "/v1/checkout"));
    let id = referred.ticket.id.to_string();
    let refusal = browser.refused("buy", &form(&id)).await;
    assert!(refusal.message.unwrap().contains("Nothing was charged"));
    assert!(
        browser
            .go("buy", &form(&id))
            .await
            .starts_with(&app.stripe.base_url)
    );
}

async fn a_free_product_is_paid_and_earns_nothing(app: TestApp) {
    let referred = app.referred().await;
    let free = app
        .product(&app.detroit, ProductKind::EventTicket, "open-house", 0)
        .await;
    let browser = app.browser();
    browser.sign_in("jane@example.com").await;
    browser.go("buy", &form(&free.id.to_string())).await;
    let session = app.stripe.books(crate::support::STRIPE_KEY, None)["sessions"][0].clone();
    app.stripe
        .complete(
            session["id"].as_str().unwrap(),
            stripe_stand_in::How::Free,
            None,
        )
        .unwrap();
    app.stripe.idle(crate::support::STRIPE_KEY).await.unwrap();
    let purchase = app.purchase(crate::support::purchase_in(&session)).await;
    assert_eq!(
        (purchase.state.as_str(), purchase.credit_check.as_str()),
        ("paid", "done")
    );
    assert!(app.credits().await.is_empty());
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.assert_credited_once(&referred.mia).await;
}
