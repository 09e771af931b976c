//! A member gets to Stripe's billing portal by a POST, for a membership of theirs, and by nothing else.

use serde_json::Value;
use store::PurchaseId;
use stripe_stand_in::{Fault, FaultKind};

use super::member;
use crate::support::{Browser, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    a_member_gets_to_the_portal_which_is_configured_once,
    who_has_no_such_membership_is_told,
    trouble_at_stripe_is_told_in_words,
    a_customer_that_was_deleted_is_told,
);

async fn told(browser: &Browser, id: PurchaseId) -> String {
    let id = id.to_string();
    let form = [("purchase_id", id.as_str()), ("page", "/dashboard")];
    let refusal = browser.refused("manage_membership", &form).await;
    refusal.message.unwrap()
}

fn configurations(app: &TestApp) -> Vec<Value> {
    let found = app.stripe.objects(STRIPE_KEY, None)["portal_configurations"].clone();
    found.as_array().unwrap().clone()
}

async fn a_member_gets_to_the_portal_which_is_configured_once(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let id = bought.id.to_string();
    for _ in 0..2 {
        let form = [("purchase_id", id.as_str()), ("page", "/dashboard")];
        let url = scene.jane.go("manage_membership", &form).await;
        assert!(url.starts_with(&app.stripe.base_url), "{url}");
    }
    let made = configurations(&app);
    assert_eq!(made.len(), 1, "{made:?}");
    assert_eq!(made[0]["features"]["customer_update"]["enabled"], false);
    assert_eq!(
        made[0]["features"]["subscription_cancel"]["mode"],
        "at_period_end"
    );
    // By its address alone nobody gets there.
    let by_get = scene.jane.get("/rpc/manage_membership").await;
    assert_ne!(by_get.status, 303);
}

async fn who_has_no_such_membership_is_told(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let mia = app.signed_in("mia@example.com").await;
    for (browser, id) in [
        (&mia, bought.id),
        (&scene.jane, PurchaseId::new(0)),
        (&scene.jane, PurchaseId::new(987_654)),
    ] {
        let words = told(browser, id).await;
        assert!(
            words.starts_with("You do not have this membership"),
            "{words}"
        );
    }
    // Neither has a member of another site, whatever its number.
    app.member(&app.coaching, "Max", "max@example.com").await;
    let max = app.browser_at("coaching.localhost");
    max.sign_in("max@example.com").await;
    let words = told(&max, bought.id).await;
    assert!(
        words.starts_with("You do not have this membership"),
        "{words}"
    );
    assert!(configurations(&app).is_empty());
    let page = mia.get("/dashboard").await.text;
    assert!(!page.contains("Manage membership"), "{page}");
}

async fn trouble_at_stripe_is_told_in_words(app: TestApp) {
    let (scene, bought) = member(&app).await;
    for path in [
        "/v1/billing_portal/configurations",
        "/v1/billing_portal/sessions",
    ] {
        let silent = Fault::next(FaultKind::FailBefore).on("POST", path);
        app.stripe.fault(silent);
        let words = told(&scene.jane, bought.id).await;
        assert!(
            words.starts_with("Our payment system is not answering"),
            "{words}"
        );
    }
    let forbidden = Fault::next(FaultKind::Forbidden);
    app.stripe
        .fault(forbidden.on("POST", "/v1/billing_portal/sessions"));
    let words = told(&scene.jane, bought.id).await;
    assert!(words.starts_with("The page for your membership"), "{words}");
}

async fn a_customer_that_was_deleted_is_told(app: TestApp) {
    let (scene, bought) = member(&app).await;
    let customer = app.subscriptions().await[0].stripe_customer_id.clone();
    app.delete_customer(&customer.unwrap()).await;
    let words = told(&scene.jane, bought.id).await;
    let is_told = words.starts_with("The page for your membership")
        || words.starts_with("You do not have this");
    assert!(is_told, "{words}");
}
