//! A payment becomes known without a webhook: the return page and the sweep ask Stripe.

use std::time::Duration;

use domain::{purchase::PurchaseState, referral::ReferralStatus};
use futures::future::join_all;
use serde_json::{Value, json};
use stripe_stand_in::{AsyncPaymentResult, Fault, FaultKind, PaymentStatus};

use crate::support::{
    PLATFORM_KEY, Referred, STRIPE_KEY, TestApp, event, on_both_databases, purchase_in,
};

on_both_databases!(
    the_return_page_knows,
    the_app_knows,
    pages_at_once_ask_stripe_once,
    closing_the_page_is_limited_like_buying,
    the_sweep_knows_and_the_credit_is_earned,
    the_sweep_knows_a_slow_payment,
    a_slow_payment_of_which_nothing_is_heard_for_a_month_has_failed,
    the_sweep_asks_again_after_a_day_without_an_answer,
    the_sweep_knows_a_page_that_nobody_paid,
    another_ones_session_in_the_address_pays_nothing,
    the_thank_you_page_and_the_sweep_know_a_subscription,
);

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MINUTES: Duration = Duration::from_secs(5 * 60);

/// Jane is on Stripe's page, and no webhook event will ever come.
async fn begun(app: &TestApp) -> (Referred, Value) {
    let referred = app.referred().await;
    app.stripe.hold_deliveries(STRIPE_KEY);
    let jane = app.signed_in("jane@example.com").await;
    let ticket = referred.ticket.id.to_string();
    let form = [
        ("product_id", ticket.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    jane.go("buy", &form).await;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    (referred, sessions[0].clone())
}

fn complete(app: &TestApp, session: &Value, how: PaymentStatus) {
    let id = session["id"].as_str().unwrap();
    app.stripe
        .complete(id, how, Some("kim@example.com"))
        .unwrap();
}

async fn the_return_page_knows(app: TestApp) {
    let (referred, session) = begun(&app).await;
    let jane = app.signed_in("jane@example.com").await;
    let id = purchase_in(&session);
    let page = jane.get(&format!("/purchases/{id}")).await.text;
    assert!(page.contains("Not paid yet"), "{page}");
    assert!(
        !page.contains("http-equiv"),
        "no page that reloads itself: {page}"
    );
    complete(&app, &session, PaymentStatus::Paid);
    app.advance(MINUTES);
    let session_id = session["id"].as_str().unwrap();
    let page = jane
        .get(&format!("/purchases/{id}?session_id={session_id}"))
        .await
        .text;
    assert!(page.contains("Your payment went through."), "{page}");
    app.sweep_after(Duration::ZERO).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn pages_at_once_ask_stripe_once(app: TestApp) {
    let (_, session) = begun(&app).await;
    let jane = app.signed_in("jane@example.com").await;
    let asked = || {
        let requests = app.stripe.requests().into_iter();
        requests.filter(|one| one.method == "GET").count()
    };
    app.stop_our_clock();
    let before = asked();
    let page = format!("/purchases/{}", purchase_in(&session));
    let pages = join_all((0..20).map(|_| jane.get(&page))).await;
    assert!(pages.iter().all(|page| page.status == 200));
    assert_eq!(asked(), before + 1);
    app.advance(Duration::from_secs(2));
    jane.get(&page).await;
    assert_eq!(asked(), before + 2);
}

async fn closing_the_page_is_limited_like_buying(app: TestApp) {
    let (referred, _) = begun(&app).await;
    let jane = app.signed_in("jane@example.com").await;
    let id = app.find(&app.detroit, "jane@example.com").await.unwrap().id;
    app.use_up(|| app.state.rate_limiter.check_purchase(id));
    let ticket = referred.ticket.id.to_string();
    let form = [
        ("product_id", ticket.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    let asked = app.stripe.requests().len();
    let refusal = jane.refused("release_checkout", &form).await;
    let told = refusal.message.unwrap();
    assert!(told.contains("Too many attempts"), "{told}");
    assert_eq!(app.stripe.requests().len(), asked);
}

async fn the_app_knows(app: TestApp) {
    let (_, session) = begun(&app).await;
    complete(&app, &session, PaymentStatus::Paid);
    let phone = app.phone_of("jane@example.com").await;
    let path = format!("/api/v1/purchases/{}", purchase_in(&session));
    assert_eq!(phone.get(&path).await.text("status"), "paid");
    app.run_jobs().await;
}

async fn the_sweep_knows_and_the_credit_is_earned(app: TestApp) {
    let (referred, session) = begun(&app).await;
    complete(&app, &session, PaymentStatus::Paid);
    app.sweep_after(MINUTES).await;
    assert_eq!(
        app.purchase(purchase_in(&session)).await.state.code(),
        "paid"
    );
    app.assert_credited_once(&referred.mia).await;
    app.stripe
        .release_deliveries(STRIPE_KEY, stripe_stand_in::ReleaseOrder::OldestFirst);
    app.stripe
        .wait_until_deliveries_finish(STRIPE_KEY)
        .await
        .unwrap();
    app.sweep_after(MINUTES).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn the_sweep_knows_a_slow_payment(app: TestApp) {
    let (referred, session) = begun(&app).await;
    complete(&app, &session, PaymentStatus::Unpaid);
    app.sweep_after(MINUTES).await;
    let id = purchase_in(&session);
    assert_eq!(app.purchase(id).await.state.code(), "processing");
    let session_id = session["id"].as_str().unwrap();
    app.stripe
        .finish_async_payment(session_id, AsyncPaymentResult::Succeeded)
        .unwrap();
    app.sweep_after(MINUTES).await;
    assert_eq!(app.purchase(id).await.state.code(), "paid");
    app.assert_credited_once(&referred.mia).await;
}

/// Stripe's session stays unpaid as long as Stripe keeps it, whether the money will come or not.
async fn a_slow_payment_of_which_nothing_is_heard_for_a_month_has_failed(app: TestApp) {
    let (referred, session) = begun(&app).await;
    complete(&app, &session, PaymentStatus::Unpaid);
    let id = purchase_in(&session);
    for day in 1..30 {
        app.sweep_after(DAY).await;
        assert_eq!(
            app.purchase(id).await.state.code(),
            "processing",
            "day {day}"
        );
    }
    app.sweep_after(DAY).await;
    assert_eq!(app.purchase(id).await.state.code(), "failed");
    let mut came = session.clone();
    came["status"] = json!("complete");
    came["payment_status"] = json!("paid");
    let body = event("evt_1", "checkout.session.async_payment_succeeded", came);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(app.purchase(id).await.state.code(), "paid", "it came later");
    app.sweep_after(MINUTES).await;
    app.assert_credited_once(&referred.mia).await;
}

/// No process served for a day, and then Stripe did not answer the first time.
async fn the_sweep_asks_again_after_a_day_without_an_answer(app: TestApp) {
    const DAY_AND_MORE: Duration = Duration::from_secs(26 * 60 * 60);
    let (referred, session) = begun(&app).await;
    complete(&app, &session, PaymentStatus::Paid);
    app.stripe
        .fault(Fault::next(FaultKind::FailBefore).on("GET", "/v1/checkout/sessions"));
    app.sweep_after(DAY_AND_MORE).await;
    assert_eq!(app.stripe.clear_faults(), 0, "Stripe was asked");
    let id = purchase_in(&session);
    assert_eq!(app.purchase(id).await.state.code(), "open");
    app.sweep_after(Duration::from_secs(6 * 60 * 60)).await;
    assert_eq!(app.purchase(id).await.state.code(), "paid");
    app.assert_credited_once(&referred.mia).await;
}

async fn the_sweep_knows_a_page_that_nobody_paid(app: TestApp) {
    let (_, session) = begun(&app).await;
    app.sweep_after(MINUTES).await;
    let id = purchase_in(&session);
    assert_eq!(app.purchase(id).await.state.code(), "open");
    app.stripe.expire(session["id"].as_str().unwrap()).unwrap();
    app.sweep_after(MINUTES).await;
    assert_eq!(app.purchase(id).await.state.code(), "expired");
    app.sweep_after(MINUTES).await;
}

/// The address names a session that somebody else paid; the row names the buyer's own.
async fn another_ones_session_in_the_address_pays_nothing(app: TestApp) {
    let (referred, session) = begun(&app).await;
    app.member(&app.detroit, "Kim", "kim@example.com").await;
    let kim = app.signed_in("kim@example.com").await;
    let ticket = referred.ticket.id.to_string();
    let form = [
        ("product_id", ticket.as_str()),
        ("page", "/events/steel-challenge"),
    ];
    kim.go("buy", &form).await;
    complete(&app, &session, PaymentStatus::Paid);
    let kims = app.stripe.objects(STRIPE_KEY, None)["sessions"][1].clone();
    let paid = session["id"].as_str().unwrap();
    let address = format!("/purchases/{}?session_id={paid}", purchase_in(&kims));
    let page = kim.get(&address).await.text;
    assert!(page.contains("Not paid yet"), "{page}");
}

async fn the_thank_you_page_and_the_sweep_know_a_subscription(app: TestApp) {
    let platform = app.platform().await;
    app.stripe.hold_deliveries(PLATFORM_KEY);
    for by_page in [true, false] {
        let browser = app.browser_at("pewpros.localhost");
        let code = &platform.jordan.code;
        browser.get(&format!("/pricing?ref={code}")).await;
        browser.get_started("annual").await;
        let session = app.platform_objects("sessions").pop().unwrap();
        complete(&app, &session, PaymentStatus::Paid);
        if by_page {
            let id = session["id"].as_str().unwrap();
            let address = format!("/pricing/thank-you?session_id={id}");
            let page = browser.get(&address).await.text;
            assert!(page.contains("subscription is active"), "{page}");
            assert!(page.contains("What happens next"), "{page}");
        }
        app.sweep_after(MINUTES).await;
    }
    let paid = app.platform_purchases().await;
    assert_eq!(paid.len(), 2);
    assert!(paid.iter().all(|row| row.state == PurchaseState::Paid));
    let credited = app.platform_referrals().await;
    assert_eq!(credited.len(), 2);
    assert!(
        credited
            .iter()
            .all(|row| row.status == ReferralStatus::Credited),
        "{credited:?}"
    );
}
