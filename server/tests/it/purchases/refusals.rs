//! What cannot be bought, and what the buyer learns.

use std::time::Duration;

use app::types::Outcome;
use domain::purchase::ProductKind;
use serde_json::json;
use services::operator;
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_visitor_registers_or_signs_in_first,
    nonsense_and_other_tenants_products_are_refused_in_words,
    without_stripe_the_buyer_is_sent_to_the_counter,
    when_stripe_is_down_nothing_is_lost,
    a_member_begins_no_more_purchases_than_a_person_would,
    an_event_that_has_begun_is_not_sold,
);

fn form(id: &str) -> [(&str, &str); 2] {
    [("product_id", id), ("page", "/events/steel-challenge")]
}

async fn a_visitor_registers_or_signs_in_first(app: TestApp) {
    let referred = app.referred().await;
    let id = referred.ticket.id.to_string();
    let (register, sign_in) = (
        "/register?next=/events/steel-challenge",
        "/sign-in?next=/events/steel-challenge",
    );
    let newcomer = app.browser();
    assert_eq!(newcomer.go("buy", &form(&id)).await, register);
    let page = newcomer.get(register).await.text;
    assert!(page.contains(&format!("href=\"{sign_in}\"")), "{page}");
    // Somebody has signed in in this browser before.
    let known = app.signed_in("jane@example.com").await;
    known.submit("sign_out", &[]).await;
    assert_eq!(known.go("buy", &form(&id)).await, sign_in);
    let page = known.get(sign_in).await.text;
    assert!(page.contains(&format!("href=\"{register}\"")), "{page}");
    // Unless a link brought whoever it is now.
    known.get("/?ref=ab3kx7mn").await;
    assert_eq!(known.go("buy", &form(&id)).await, register);
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

async fn a_member_begins_no_more_purchases_than_a_person_would(app: TestApp) {
    const AT_ONCE: usize = 60;
    const EACH: Duration = Duration::from_secs(2);
    let referred = app.referred().await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    let ticket = referred.ticket.id;
    let id = ticket.to_string();
    let browser = app.browser();
    browser.sign_in("jane@example.com").await;
    app.stop_our_clock();
    let (mut begun, mut refused) = (0, Vec::new());
    for _ in 0..150 {
        match browser.call("buy", &form(&id)).await {
            Outcome::Go(url) if url.starts_with(&app.stripe.base_url) => begun += 1,
            Outcome::Refused(refusal) => refused.extend(refusal.message),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(begun, AT_ONCE);
    let asked = app.stripe.requests().into_iter();
    let asked = asked.filter(|asked| asked.path == "/v1/checkout/sessions");
    assert!(asked.count() <= begun);
    let sentence = "Too many attempts. Try again in ";
    assert_eq!(refused.len(), 150 - begun);
    assert!(refused.iter().all(|said| said.starts_with(sentence)));

    app.use_up(|| app.state.rate_limiter.check_purchase(referred.jane.id));
    let order = json!({ "product_id": ticket });
    let phone = app.phone_of("jane@example.com").await;
    let told = phone.post("/api/v1/purchases", &order).await;
    told.assert_problem(429, "too-many-requests");
    let back = browser.submit("buy", &form(&id)).await;
    let page = browser.get(back.header("location")).await.text;
    assert!(page.contains(sentence), "without JavaScript too");
    let other = app.signed_in("max@example.com").await;
    let to = other.go("buy", &form(&id)).await;
    assert!(to.starts_with(&app.stripe.base_url), "{to}");
    app.advance(EACH);
    let to = browser.go("buy", &form(&id)).await;
    assert!(to.starts_with(&app.stripe.base_url), "{to}");
}

#[tokio::test]
async fn an_address_buys_no_more_than_it_calls_the_api() {
    let app = TestApp::spawn().await;
    let referred = app.referred().await;
    let browser = app.signed_in("jane@example.com").await;
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.try_call(here));
    let id = referred.ticket.id.to_string();
    let refusal = browser.refused("buy", &form(&id)).await;
    assert!(refusal.message.unwrap().starts_with("Too many attempts."));
}

async fn an_event_that_has_begun_is_not_sold(app: TestApp) {
    app.referred().await;
    let dana = app.detroit_admin().await;
    let event = |name: &'static str, price: &'static str| {
        [
            ("kind", "event_ticket"),
            ("name", name),
            ("price", price),
            ("starts_on", "2002-05-04"),
            ("starts_time", "09:00"),
        ]
    };
    dana.go("save_product", &event("Over", "4500")).await;
    dana.go("save_product", &event("Over and free", "0")).await;
    let (jane, phone) = (
        app.signed_in("jane@example.com").await,
        app.phone_of("jane@example.com").await,
    );
    const WORDS: &str = "This event has begun. Tickets are no longer sold online.";
    let list = phone.get("/api/v1/products").await.json;
    let begun = list["data"].as_array().unwrap().iter();
    let begun = begun.filter(|one| one["name"].as_str().unwrap().starts_with("Over"));
    let begun: Vec<_> = begun.collect();
    assert_eq!(begun.len(), 2);
    for event in begun {
        let id = event["id"].to_string();
        let refusal = jane.refused("buy", &form(&id)).await;
        let said = refusal.message.unwrap_or_default();
        assert!(said.starts_with(WORDS), "{said}");
        let refused = phone
            .post("/api/v1/purchases", &json!({ "product_id": event["id"] }))
            .await;
        refused.assert_problem(422, "invalid-fields");
        assert_eq!(refused.codes(), [("product_id", "not_allowed")]);
    }
    let page = jane.get("/events/over").await.text;
    assert!(page.contains(WORDS), "{page}");
    assert!(!page.contains("class=\"buy"), "{page}");
}
