//! From "Get Started" to Stripe's page: what is sent along, what is forgotten, and what is refused.

use std::time::Duration;

use reqwest::Method;
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::Value;
use services::operator;
use store::{entities::session, platform_settings};
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{Browser, PLATFORM_KEY, Page, Platform, TestApp, on_both_databases};

on_both_databases!(
    the_code_goes_along_to_stripe_and_is_forgotten_here,
    a_redirect_that_never_arrived_loses_no_code,
    any_page_of_a_brand_takes_the_code,
    a_cancelled_payment_brings_code_and_plan_back,
    without_a_code_it_is_a_sale_like_any_other,
    an_unknown_plan_begins_nothing,
    stripe_that_is_not_there_is_said_and_the_code_stays,
    whoever_only_looks_makes_no_session,
    there_is_no_such_page_at_a_tenants,
    too_many_are_asked_to_wait,
    a_disabled_partners_code_is_not_remembered,
    the_platforms_setting_keeps_a_code_for_days,
);

const ANNUAL: &str = "/pricing/checkout?plan=annual";

fn link(platform: &Platform) -> String {
    format!("/pricing?ref={}", platform.jordan.code)
}

/// Where the answer leads; a browser may not cache it.
fn leads_to(page: &Page) -> String {
    assert_eq!(page.status, 303, "{}", page.text);
    assert_eq!(page.header("cache-control"), "no-store");
    page.header("location").to_owned()
}

async fn begins(browser: &Browser, app: &TestApp, address: &str) -> Value {
    let to = leads_to(&browser.press(address).await);
    assert!(to.starts_with(&app.stripe.base_url), "{to}");
    app.platform_objects("sessions").pop().unwrap()
}

async fn the_code_goes_along_to_stripe_and_is_forgotten_here(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    browser.get(&link(&platform)).await;
    let clicked = app.state.now().millis();
    let session = begins(&browser, &app, ANNUAL).await;
    let metadata = &session["metadata"];
    assert_eq!(metadata["program"], "platform");
    assert_eq!(metadata["brand"], "pewpros");
    assert_eq!(metadata["plan"], "annual");
    assert_eq!(metadata["referral_code"], platform.jordan.code);
    let clicked_at: i64 = metadata["referral_clicked_at"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((clicked - 60_000..=clicked).contains(&clicked_at));
    assert_eq!(session["mode"], "subscription");
    assert_eq!(session["amount_total"], 125_000);
    assert_eq!(session["currency"], "usd");
    let base = &browser.origin;
    let thanks = format!("{base}/pricing/thank-you?session_id={{CHECKOUT_SESSION_ID}}");
    assert_eq!(session["success_url"], thanks.as_str());
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(
            id,
            stripe_stand_in::PaymentStatus::Paid,
            Some("kim@example.com"),
        )
        .unwrap();
    let subscription = app.platform_objects("subscriptions").remove(0);
    assert_eq!(&subscription["metadata"], metadata, "survives there too");

    let receipt = browser.get_started("monthly").await;
    assert_eq!(receipt, format!("/pricing/thank-you?session_id={id}"));
    let session = begins(&browser, &app, "/pricing/checkout?plan=monthly").await;
    assert_eq!(session["metadata"].get("referral_code"), None, "forgotten");
    assert_eq!(session["amount_total"], 12_500);
    app.run_jobs().await;
}

async fn a_redirect_that_never_arrived_loses_no_code(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    browser.get(&link(&platform)).await;
    let first = begins(&browser, &app, ANNUAL).await;
    let again = begins(&browser, &app, ANNUAL).await;
    assert_eq!(first["id"], again["id"], "the same page, with the code");
    assert_eq!(app.platform_objects("sessions").len(), 1);

    let id = first["id"].as_str().unwrap();
    app.stripe
        .complete(
            id,
            stripe_stand_in::PaymentStatus::Paid,
            Some("kim@example.com"),
        )
        .unwrap();
    app.stripe
        .wait_until_deliveries_finish(PLATFORM_KEY)
        .await
        .unwrap();
    let receipt = browser.get_started("annual").await;
    assert_eq!(
        receipt,
        format!("/pricing/thank-you?session_id={id}"),
        "that one is bought"
    );
    let another = begins(&browser, &app, ANNUAL).await;
    assert_ne!(another["id"], first["id"]);
    assert_eq!(another["metadata"].get("referral_code"), None, "forgotten");

    browser.get(&link(&platform)).await;
    let clicked = begins(&browser, &app, ANNUAL).await;
    assert_eq!(clicked["metadata"]["referral_code"], platform.jordan.code);
    app.advance(Duration::from_secs(11 * 60));
    let later = begins(&browser, &app, ANNUAL).await;
    assert_eq!(later["id"], clicked["id"], "as long as the page is open");
    app.run_jobs().await;
}

async fn any_page_of_a_brand_takes_the_code(app: TestApp) {
    let platform = app.platform().await;
    let code = &platform.jordan.code;
    for path in [
        format!("/?ref={code}"),
        format!("/pricing?ref={}", code.to_uppercase()),
        format!("/nowhere?ref={code}"),
        format!("/pricing/checkout?plan=weekly&ref={code}"),
    ] {
        for host in ["pewpros.localhost", "coachpros.localhost"] {
            let browser = app.browser_at(host);
            browser.get(&path).await;
            let session = begins(&browser, &app, ANNUAL).await;
            assert_eq!(
                session["metadata"]["referral_code"],
                code.as_str(),
                "{path}"
            );
        }
    }
    let browser = app.browser_at("coachpros.localhost");
    browser.get(&format!("{ANNUAL}&ref={code}")).await;
    let session = begins(&browser, &app, ANNUAL).await;
    assert_eq!(session["metadata"]["referral_code"], code.as_str());
    assert_eq!(session["metadata"]["brand"], "coachpros");
}

async fn a_cancelled_payment_brings_code_and_plan_back(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    browser.get(&link(&platform)).await;
    let session = begins(&browser, &app, ANNUAL).await;
    let (base, code) = (&browser.origin, &platform.jordan.code);
    let back = format!("{base}/pricing?plan=annual&ref={code}&cancelled=1");
    assert_eq!(session["cancel_url"], back.as_str());
    browser.get(back.strip_prefix(base.as_str()).unwrap()).await;
    let session = begins(&browser, &app, ANNUAL).await;
    assert_eq!(session["metadata"]["referral_code"], code.as_str());
}

async fn without_a_code_it_is_a_sale_like_any_other(app: TestApp) {
    app.platform().await;
    let browser = app.browser_at("coachpros.localhost");
    let session = begins(&browser, &app, ANNUAL).await;
    let back = format!("{}/pricing?plan=annual&cancelled=1", browser.origin);
    assert_eq!(session["cancel_url"], back.as_str());
    assert_eq!(session["metadata"].as_object().unwrap().len(), 4);
}

async fn an_unknown_plan_begins_nothing(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    browser.get(&link(&platform)).await;
    for query in [
        "",
        "?",
        "?plan=",
        "?plan=weekly",
        "?plan=ANNUAL",
        "?plan=%00",
        "?plan[]=annual",
        "?plan=annual&plan=weekly",
    ] {
        let address = format!("/pricing/checkout{query}");
        let page = browser.press(&address).await;
        assert_eq!(leads_to(&page), "/pricing?unknown_plan=1", "{query}");
        let shown = browser.get(&address).await;
        assert_eq!(shown.status, 303, "{query}");
        assert_eq!(shown.header("location"), "/pricing?unknown_plan=1");
    }
    assert!(app.platform_objects("sessions").is_empty());
    let session = begins(&browser, &app, ANNUAL).await;
    let code = platform.jordan.code.as_str();
    assert_eq!(session["metadata"]["referral_code"], code, "kept");
}

async fn stripe_that_is_not_there_is_said_and_the_code_stays(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    browser.get(&link(&platform)).await;
    let fault = |kind| Fault::next(kind).on("POST", "/v1/checkout/sessions");
    app.stripe.fault(fault(FaultKind::FailBefore));
    let page = browser.press(ANNUAL).await;
    assert_eq!(leads_to(&page), "/pricing?plan=annual");
    operator::disconnect_platform_stripe(&app.state)
        .await
        .unwrap();
    let page = browser.press(ANNUAL).await;
    assert_eq!(leads_to(&page), "/pricing?plan=annual");
    app.connect_platform("sk_test_revoked", "whsec_platform")
        .await;
    app.stripe.expire_key("sk_test_revoked");
    let page = browser.press("/pricing/checkout?plan=monthly").await;
    assert_eq!(leads_to(&page), "/pricing?plan=monthly");
    app.connect_platform(crate::support::PLATFORM_KEY, "whsec_platform")
        .await;
    let session = begins(&browser, &app, ANNUAL).await;
    let code = platform.jordan.code.as_str();
    assert_eq!(session["metadata"]["referral_code"], code, "kept");
}

async fn whoever_only_looks_makes_no_session(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    browser.get(&link(&platform)).await;
    let asked_before = app.stripe.requests().len();
    for crawler in 0..50 {
        let other = app.browser_at("pewpros.localhost");
        let page = other.get(ANNUAL).await;
        assert_eq!(page.status, 200, "{crawler}");
        assert!(page.cookies().is_empty(), "{crawler}");
    }
    let shown = browser.get(ANNUAL).await.text;
    for part in [
        "PewPros Annual</h1>",
        "$1,250<",
        "name=\"robots\" content=\"noindex\"",
        "method=\"post\" action=\"/pricing/checkout?plan=annual\"",
        "Continue to payment</button>",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    for (name, value) in [
        ("sec-purpose", "prefetch"),
        ("sec-purpose", "prefetch;prerender"),
        ("purpose", "Prefetch"),
        ("x-moz", "prefetch"),
    ] {
        let asked = browser.request(Method::GET, ANNUAL).header(name, value);
        assert_eq!(Page::read(asked.send().await).await.status, 200, "{name}");
    }
    let head = browser.request(Method::HEAD, ANNUAL).send().await.unwrap();
    assert_eq!(head.status(), 200);
    let elsewhere = browser
        .request(Method::POST, ANNUAL)
        .header("origin", "http://evil.example");
    assert_eq!(elsewhere.send().await.unwrap().status(), 403);
    let put = browser
        .request(Method::PUT, ANNUAL)
        .header("origin", &browser.origin);
    assert_eq!(put.send().await.unwrap().status(), 405);
    assert_eq!(
        app.stripe.requests().len(),
        asked_before,
        "nobody is called"
    );
    assert!(app.platform_objects("sessions").is_empty());
    let rows = session::Entity::find().count(app.state.db.reader());
    assert_eq!(rows.await.unwrap(), 0, "nothing is written");
    let session = begins(&browser, &app, ANNUAL).await;
    let code = platform.jordan.code.as_str();
    assert_eq!(session["metadata"]["referral_code"], code, "kept");
}

#[tokio::test]
async fn crawlers_are_told_on_every_host() {
    let app = TestApp::spawn().await;
    app.platform().await;
    for host in ["localhost", "pewpros.localhost", "unknown.localhost"] {
        let text = app.browser_at(host).get("/robots.txt").await;
        assert_eq!(text.status, 200, "{host}");
        assert!(text.header("content-type").starts_with("text/plain"));
        assert!(
            text.text
                .starts_with("User-agent: *\nDisallow: /pricing/checkout\n")
        );
    }
}

async fn there_is_no_such_page_at_a_tenants(app: TestApp) {
    app.platform().await;
    let page = app.browser().press(ANNUAL).await;
    assert_eq!(page.status, 404);
    let page = app.browser().get(ANNUAL).await;
    assert_eq!(page.status, 404);
    let unknown = app.browser().get("/no/such/page").await;
    assert_eq!(
        page.header("content-type"),
        unknown.header("content-type"),
        "a page like any unknown one"
    );
    assert!(app.platform_objects("sessions").is_empty());
}

async fn too_many_are_asked_to_wait(app: TestApp) {
    app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    while app
        .state
        .rate_limiter
        .check_checkout("127.0.0.1".parse().unwrap())
        .is_ok()
    {}
    let page = browser.press(ANNUAL).await;
    assert_eq!(leads_to(&page), "/pricing?plan=annual");
    assert!(app.platform_objects("sessions").is_empty());
}

async fn a_disabled_partners_code_is_not_remembered(app: TestApp) {
    let platform = app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    let (db, now) = (app.state.db.writer(), app.state.now());
    store::platform_referrers::set_disabled(db, &platform.jordan, Some(now))
        .await
        .unwrap();
    browser.get(&link(&platform)).await;
    let session = begins(&browser, &app, ANNUAL).await;
    assert_eq!(session["metadata"].get("referral_code"), None);
}

async fn the_platforms_setting_keeps_a_code_for_days(app: TestApp) {
    let platform = app.platform().await;
    let db = app.state.db.writer();
    let version = platform_settings::get(db).await.unwrap().version;
    assert!(
        platform_settings::save(db, version, 5000, 30)
            .await
            .unwrap()
    );
    let host = "pewpros.localhost";
    let page = app.browser_at(host).get(&link(&platform)).await;
    let cookies = page.cookies();
    let kept = cookies
        .iter()
        .find(|cookie| cookie.starts_with("referral="))
        .unwrap();
    assert!(kept.contains("Max-Age=2592000"), "{kept}");
    app.advance(Duration::from_secs(20 * 24 * 60 * 60));
    let later = app.browser_at(host);
    let jar = reqwest::cookie::Jar::default();
    let kept = kept.split(';').next().unwrap();
    jar.add_cookie_str(kept, &later.origin.parse().unwrap());
    let later = later.with_cookies(jar, app.address);
    let session = begins(&later, &app, ANNUAL).await;
    let code = platform.jordan.code.as_str();
    assert_eq!(session["metadata"]["referral_code"], code);
    assert!(session["metadata"]["referral_clicked_at"].is_string());
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(
            id,
            stripe_stand_in::PaymentStatus::Paid,
            Some("kim@example.com"),
        )
        .unwrap();
    later.get_started("annual").await;
    let session = begins(&later, &app, ANNUAL).await;
    assert_eq!(session["metadata"].get("referral_code"), None, "cleared");
    app.run_jobs().await;
}
