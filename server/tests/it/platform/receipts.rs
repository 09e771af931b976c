//! The page to which Stripe's page leads who subscribes to a brand.

use std::time::Duration;

use serde_json::Value;
use stripe_stand_in::PaymentStatus;

use crate::support::{Browser, PLATFORM_KEY, Page, TestApp, on_both_databases};

on_both_databases!(
    the_receipt_says_how_it_stands,
    an_invented_session_has_no_receipt,
);

/// The Checkout session that this browser begins.
async fn begun(app: &TestApp, browser: &Browser) -> Value {
    browser.get_started("annual").await;
    app.platform_objects("sessions").pop().unwrap()
}

/// The page to which Stripe's page of this session leads.
async fn receipt_of(browser: &Browser, session: &str) -> Page {
    browser
        .get(&format!("/pricing/thank-you?session_id={session}"))
        .await
}

/// No event comes: the page asks Stripe itself.
async fn the_receipt_says_how_it_stands(app: TestApp) {
    app.platform().await;
    app.stripe.hold_deliveries(PLATFORM_KEY);
    let browser = app.browser_at("pewpros.localhost");
    let assert_shown = async |session: &str, title: &str, words: &str| {
        // Stripe is asked again after a while alone.
        app.advance(Duration::from_secs(2));
        let page = receipt_of(&browser, session).await;
        assert_eq!(page.status, 200, "{title}");
        let title = format!("<title>{title} · PewPros</title>");
        assert!(page.text.contains(&title), "{title}: {}", page.text);
        assert!(page.text.contains(words), "{words}: {}", page.text);
        assert!(page.text.contains("Annual"), "{}", page.text);
    };
    let session = begun(&app, &browser).await;
    let paid = session["id"].as_str().unwrap();
    assert_shown(paid, "Not paid yet", "If you just paid, check again").await;
    app.stripe
        .complete(paid, PaymentStatus::Paid, Some("kim@example.com"))
        .unwrap();
    assert_shown(paid, "Thank you", "subscription is active").await;

    let another = app.browser_at("pewpros.localhost");
    let session = begun(&app, &another).await;
    let expired = session["id"].as_str().unwrap();
    app.stripe.expire(expired).unwrap();
    assert_shown(expired, "Checkout expired", "Nothing was charged").await;
    assert_eq!(app.platform_purchases().await.len(), 1);
    app.run_jobs().await;
}

async fn an_invented_session_has_no_receipt(app: TestApp) {
    app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    let session = begun(&app, &browser).await;
    let known = session["id"].as_str().unwrap();
    assert_eq!(receipt_of(&browser, known).await.status, 200);
    // Nor has one of the other brand.
    let other = app.browser_at("coachpros.localhost");
    for (browser, session) in [
        (&browser, "cs_invented"),
        (&browser, "%00"),
        (&other, known),
    ] {
        let page = receipt_of(browser, session).await;
        assert_eq!(page.status, 404, "{session}");
        assert!(page.text.contains("<title>Page not found"), "{session}");
        let asked = browser
            .fetch("subscription", &[("session_id", session)])
            .await;
        assert_eq!(
            (asked.status.as_u16(), &*asked.text),
            (200, "null"),
            "{session}"
        );
    }
}
