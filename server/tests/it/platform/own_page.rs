//! What a platform referrer sees on their own page: nobody else's.

use domain::credit::Terms;
use reqwest::Client;
use sea_orm::{ConnectionTrait, EntityTrait};
use store::{Scope, entities::platform_referral, platform_settings, terms};
use stripe_stand_in::{Fault, FaultKind};

use super::referrer_sign_in::{JORDAN, ask, at, links, page, signed_in, token};
use crate::support::{PLATFORM_KEY, Platform, TestApp, event, on_both_databases, subscription};

on_both_databases!(
    with mail:
    the_page_shows_links_referrals_credits_and_balance,
    a_new_referrer_sees_what_is_empty,
    a_balance_is_last_known_while_stripe_is_silent,
    a_disabled_code_is_told_and_its_history_stays,
    what_was_taken_back_is_shown,
    what_is_on_hold_is_told,
    other_currencies_and_a_debt_are_told,
    another_site_has_no_such_page,
);

/// Jordan's referral at CoachPros became a credit, one at PewPros is Pending.
async fn with_referrals(app: &TestApp) -> Platform {
    let platform = app.platform().await;
    let code = platform.jordan.code.clone();
    let sold = subscription("cs_1", &platform.coachpros, "club@example.com", Some(&code));
    app.subscribe(&platform, sold).await;
    let sold = subscription("cs_2", &platform.pewpros, "gym@example.com", Some(&code));
    let body = event("evt_2", "checkout.session.completed", sold);
    assert_eq!(app.deliver_to_platform(&platform, &body).await, 200);
    app.lose_jobs().await;
    platform
}

async fn the_page_shows_links_referrals_credits_and_balance(app: TestApp) {
    let platform = with_referrals(&app).await;
    let shown = page(&signed_in(&app).await).await;
    let (port, code) = (app.address.port(), &platform.jordan.code);
    for brand in ["pewpros", "coachpros"] {
        let link = format!("http://{brand}.localhost:{port}/pricing?ref={code}");
        assert!(shown.contains(&link), "{link} in {shown}");
    }
    for part in [
        "Jordan Reyes",
        "CoachPros Annual",
        "PewPros Annual",
        "badge-credited",
        "badge-pending",
        "$50.00",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains("Not known yet"), "the balance: {shown}");
    assert!(shown.contains(" UTC</time>"), "and its time: {shown}");
    for email in ["club@example.com", "gym@example.com"] {
        assert!(!shown.contains(email), "{email}");
    }
    assert!(!shown.contains("disabled"));
}

async fn a_new_referrer_sees_what_is_empty(app: TestApp) {
    let platform = with_referrals(&app).await;
    app.platform_referrer("Sky Marsh", "sky@example.com").await;
    app.lose_customer_jobs().await;
    let browser = at(&app, "pewpros");
    ask(&browser, "sky@example.com").await;
    let token = token(&app).await;
    browser.go("sign_referrer_in", &[("token", &token)]).await;
    let shown = page(&browser).await;
    for part in [
        "Sky Marsh",
        "No referrals yet",
        "No credits yet",
        "Nothing yet",
        "Balance at Stripe",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    assert!(!shown.contains(&platform.jordan.code), "nobody else's");
}

async fn a_balance_is_last_known_while_stripe_is_silent(app: TestApp) {
    with_referrals(&app).await;
    let browser = signed_in(&app).await;
    let silent = Fault::next(FaultKind::BadGateway).on("GET", "/v1/customers/");
    app.stripe.fault(Fault { times: 9, ..silent });
    let shown = page(&browser).await;
    assert!(shown.contains("after the last credit"), "{shown}");
}

async fn a_disabled_code_is_told_and_its_history_stays(app: TestApp) {
    let platform = with_referrals(&app).await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let id = platform.jordan.id.to_string();
    let form = [("id", id.as_str()), ("disabled", "true"), ("version", "1")];
    pat.done("set_referrer_disabled", &form).await;
    let shown = page(&signed_in(&app).await).await;
    for part in ["Your code is disabled", "CoachPros Annual", "$50.00"] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

async fn what_was_taken_back_is_shown(app: TestApp) {
    with_referrals(&app).await;
    let taken = "UPDATE platform_referrals SET taken_back_cents = 2000 WHERE status = 'credited'";
    let db = app.state.db.writer();
    db.execute_unprepared(taken).await.unwrap();
    let referrals = platform_referral::Entity::find().all(db).await.unwrap();
    let taken = referrals.iter().filter_map(|row| row.taken_back_cents);
    assert_eq!(taken.collect::<Vec<_>>(), [2000]);
    let shown = page(&signed_in(&app).await).await;
    assert!(shown.contains("$20.00 taken back"), "{shown}");
    assert!(shown.contains("$30.00"), "in total: {shown}");
}

async fn what_is_on_hold_is_told(app: TestApp) {
    let platform = app.platform().await;
    let db = app.state.db.writer();
    let settings = platform_settings::get(db).await.unwrap();
    let held = Terms {
        hold_days: 30,
        ..settings.terms().unwrap()
    };
    let saved = terms::save(db, Scope::Platform, settings.terms_version, &held).await;
    assert!(saved.unwrap());
    let code = Some(platform.jordan.code.as_str());
    let sold = subscription("cs_1", &platform.coachpros, "club@example.com", code);
    app.subscribe(&platform, sold).await;
    let shown = page(&signed_in(&app).await).await;
    assert!(shown.contains("badge-pending"), "{shown}");
    assert!(shown.contains("On hold until "), "{shown}");
}

async fn other_currencies_and_a_debt_are_told(app: TestApp) {
    with_referrals(&app).await;
    let browser = signed_in(&app).await;
    let entries = app.stripe.objects(PLATFORM_KEY, None)["balance_transactions"].clone();
    let customer = entries[0]["customer"].as_str().unwrap();
    let base = &app.stripe.base_url;
    let url = format!("{base}v1/customers/{customer}/balance_transactions");
    // A debit of $53.00 from the $50.00, and yen, by hand.
    for (amount, code) in [("5300", "usd"), ("-18000", "jpy")] {
        let by_hand = Client::new()
            .post(&url)
            .bearer_auth(PLATFORM_KEY)
            .form(&[("amount", amount), ("currency", code)]);
        assert_eq!(by_hand.send().await.unwrap().status(), 200);
    }
    let shown = page(&browser).await;
    for part in ["You owe $3.00", "You also have 18,000 JPY at Stripe."] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
}

async fn another_site_has_no_such_page(app: TestApp) {
    app.platform().await;
    let tenant = app.browser();
    assert_eq!(tenant.get("/referrer").await.status, 404);
    let refusal = tenant.refused("mail_referrer_link", &[("email", JORDAN)]);
    assert!(refusal.await.message.is_some());
    assert!(links(&app).await.is_empty());
}
