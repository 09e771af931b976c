//! "Needs attention": failed credits, payments that match nothing and a key that is rejected, above
//! the referrals and the notifications of an admin, and of nobody else.

use sea_orm::{ActiveModelTrait, EntityTrait, Set};
use services::operator;
use store::entities::stripe_account;

use crate::support::{
    Browser, STRIPE_KEY, TestApp, WEBHOOK_SECRET, event, on_both_databases, session, signature,
};

on_both_databases!(
    what_needs_attention_is_told_to_the_admin_and_ends,
    a_referral_of_oneself_needs_none,
    keys_that_cannot_be_read_need_attention,
);

const PANEL: &str = "Needs attention";
/// The dot beside the link to the console, on every page.
const MARK: &str = "attention-mark";

async fn panel(browser: &Browser) -> Option<String> {
    let page = browser.get("/admin/referrals").await.text;
    let (_, panel) = page.split_once("attention-lines")?;
    Some(panel.split("</ul>").next().unwrap_or_default().to_owned())
}

async fn what_needs_attention_is_told_to_the_admin_and_ends(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    assert_eq!(panel(&dana).await, None);
    assert!(!dana.get("/dashboard").await.text.contains(MARK));

    app.stripe.expire_key(STRIPE_KEY);
    app.sell(&referred).await;
    app.run_jobs().await;
    let mut paid = session("cs_lost", "paid");
    paid["metadata"] = serde_json::json!({ "realm": app.site().await.row.realm });
    let body = event("evt_lost", "checkout.session.completed", paid);
    let now = app.state.clock.now().unix_timestamp();
    let header = signature(WEBHOOK_SECRET, now, &body);
    let answer = app.post_webhook(&referred.webhook, Some(&header), body);
    assert_eq!(answer.await, 409);
    let told = panel(&dana).await.unwrap();
    for sentence in [
        "Stripe rejects the secret key.",
        "1 credit could not be applied.",
        "1 payment matches no purchase.",
    ] {
        assert!(told.contains(sentence), "{told}");
    }
    assert!(told.contains("/admin/referrals?status=failed"), "{told}");
    let notifications = dana.get("/notifications").await.text;
    assert!(notifications.contains(PANEL), "{notifications}");
    assert!(notifications.contains(MARK) && dana.get("/dashboard").await.text.contains(MARK));

    // Not to a member, and not to the admin of another site.
    let mia = app.signed_in("mia@example.com").await;
    let hers = mia.get("/notifications").await.text;
    assert!(!hers.contains(PANEL) && !hers.contains(MARK), "{hers}");
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    assert_eq!(panel(&cole).await, None);

    app.stripe.add_key(STRIPE_KEY, "sk_test_rolled");
    let keys = operator::StripeKeys {
        secret_key: "sk_test_rolled",
        ..operator::StripeKeys::default()
    };
    operator::connect_stripe(&app.state, "detroit-arms", &keys)
        .await
        .unwrap();
    app.run_jobs().await;
    app.settle().await;
    let told = panel(&dana).await.unwrap();
    assert!(!told.contains("credit could not"), "{told}");
    assert!(!told.contains("rejects"), "{told}");
    assert!(told.contains("1 payment matches no purchase."), "{told}");
}

/// As after a start with another `APP_SECRET`.
async fn keys_that_cannot_be_read_need_attention(app: TestApp) {
    app.referred().await;
    let dana = app.detroit_admin().await;
    let db = app.state.db.writer();
    let row = stripe_account::Entity::find().one(db).await.unwrap();
    let mut row: stripe_account::ActiveModel = row.unwrap().into();
    row.secret_key_sealed = Set("sealed by another".to_owned());
    row.update(db).await.unwrap();
    let told = panel(&dana).await.unwrap();
    assert!(told.contains("APP_SECRET is another one"), "{told}");
}

async fn a_referral_of_oneself_needs_none(app: TestApp) {
    let platform = app.platform().await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let code = Some(platform.jordan.code.as_str());
    let own = crate::support::subscription("cs_1", &platform.pewpros, "jordan@example.com", code);
    app.subscribe(&platform, own).await;
    let referral = app.platform_referral().await;
    assert_eq!(referral.status.code(), "failed");
    assert_eq!(panel(&pat).await, None);
}
