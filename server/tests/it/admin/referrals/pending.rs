//! A Pending referral says why, and what the switched-off program decided can be decided again.

use domain::{purchase::ProductKind, referral::ReferralStatus};
use serde_json::Value;
use services::operator;
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{Browser, TestApp, event, on_both_databases, session, subscription};

on_both_databases!(
    each_reason_is_told_to_the_admin_and_to_the_member,
    what_was_bought_while_the_program_was_off_is_decided_again,
    a_subscription_is_decided_again,
    nobody_else_decides_again,
);

/// The reason in the console's table.
async fn in_table(dana: &Browser) -> Value {
    let page = dana
        .fetch("admin_referrals", &[("program", "tenant")])
        .await;
    let page: Value = serde_json::from_str(&page.text).unwrap();
    assert_eq!(page["rows"][0]["status"], "pending");
    page["rows"][0]["reason"].clone()
}

/// The reason that the referrer reads.
async fn in_app(app: &TestApp) -> Value {
    let mia = app.phone_of("mia@example.com").await;
    mia.get("/api/v1/me/referrals").await.json["data"][0]["reason"].clone()
}

async fn each_reason_is_told_to_the_admin_and_to_the_member(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    assert_eq!(in_table(&dana).await, Value::Null);
    let first = "You earn when they pay for their first purchase";
    assert_eq!(in_app(&app).await, first);

    let free = app
        .product(&app.detroit, ProductKind::EventTicket, "open-day", 0)
        .await;
    let jane = app.signed_in("jane@example.com").await;
    let id = free.id.to_string();
    let form = [
        ("product_id", id.as_str()),
        ("page", "/events/open-day"),
        ("form_token", "free1"),
    ];
    jane.go("buy", &form).await;
    assert_eq!(
        in_table(&dana).await,
        "Only free things, or paid with credit, so far"
    );
    assert!(in_app(&app).await.as_str().unwrap().contains("was free"));

    app.open_purchase(&referred, "cs_1").await;
    let mut yen = session("cs_1", "paid");
    yen["currency"] = "jpy".into();
    let body = event("evt_1", "checkout.session.completed", yen);
    assert_eq!(app.deliver(&referred.webhook, &body).await, 200);
    assert_eq!(in_table(&dana).await, "Paid in another currency");

    operator::set_tenant_credit(&app.state, "detroit-arms", 0)
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    assert_eq!(in_table(&dana).await, "The credit is being issued");
    app.decide(sale).await;
    assert_eq!(in_table(&dana).await, "Bought while the program was off");
    operator::set_tenant_credit(&app.state, "detroit-arms", 1000)
        .await
        .unwrap();
    let told = in_app(&app).await;
    assert!(told.as_str().unwrap().contains("while the program was off"));

    let silent = Fault::next(FaultKind::FailBefore).on("POST", "/v1/customers");
    app.stripe.fault(silent);
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.issue().await;
    let told = in_table(&dana).await;
    let told = told.as_str().unwrap();
    assert!(told.starts_with("Stripe did not take the credit yet. Next attempt "));
    assert_eq!(in_app(&app).await, "Detroit Arms is sorting this out");
    app.settle().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn what_was_bought_while_the_program_was_off_is_decided_again(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let credit = async |cents| {
        let set = operator::set_tenant_credit(&app.state, "detroit-arms", cents).await;
        set.unwrap();
    };
    credit(0).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    // A free ticket later does not hide it.
    let kind = ProductKind::EventTicket;
    let free = app.product(&app.detroit, kind, "open-day", 0).await;
    let jane = app.signed_in("jane@example.com").await;
    let free = free.id.to_string();
    let form = [
        ("product_id", free.as_str()),
        ("page", "/events/open-day"),
        ("form_token", "free1"),
    ];
    jane.go("buy", &form).await;
    let id = app.referral().await.id.to_string();
    let fields = [("program", "tenant"), ("id", id.as_str())];
    let story = format!("/admin/referrals/tenant/{id}");
    assert!(dana.get(&story).await.text.contains("Decide again"));
    let off = dana.refused("decide_again", &fields).await.message.unwrap();
    assert!(off.starts_with("The program is off."), "{off}");

    credit(1000).await;
    let said = dana.done("decide_again", &fields).await;
    assert_eq!(said, "The credit is being decided again.");
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    let traces = app.audit_rows().await;
    let trace = traces.iter().find(|row| row.field == "Credit decision");
    assert_eq!(
        trace.unwrap().old_value.as_deref(),
        Some("Bought while the program was off")
    );
    let told = dana.get(&story).await.text;
    assert!(
        told.contains("by Dana Stone. Bought while the program was off"),
        "{told}"
    );
    // Once is enough.
    assert!(!dana.get(&story).await.text.contains("Decide again"));
    let again = dana.refused("decide_again", &fields).await.message.unwrap();
    assert_eq!(again, "This referral is not Pending anymore.");
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn a_subscription_is_decided_again(app: TestApp) {
    let platform = app.platform().await;
    operator::set_platform_credit(&app.state, 0).await.unwrap();
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, session).await;
    assert_eq!(
        app.platform_referral().await.status,
        ReferralStatus::Pending
    );
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let id = app.platform_referral().await.id.to_string();
    let fields = [("program", "platform"), ("id", id.as_str())];
    let off = pat.refused("decide_again", &fields).await.message.unwrap();
    assert!(off.starts_with("The program is off."), "{off}");
    operator::set_platform_credit(&app.state, 5000)
        .await
        .unwrap();
    pat.done("decide_again", &fields).await;
    app.run_jobs().await;
    app.assert_partner_credited_once().await;
}

async fn nobody_else_decides_again(app: TestApp) {
    let referred = app.referred().await;
    operator::set_tenant_credit(&app.state, "detroit-arms", 0)
        .await
        .unwrap();
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    operator::set_tenant_credit(&app.state, "detroit-arms", 1000)
        .await
        .unwrap();
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    let id = app.referral().await.id.to_string();
    let fields = [("program", "tenant"), ("id", id.as_str())];
    let refusal = cole.refused("decide_again", &fields).await;
    assert_eq!(
        refusal.message.as_deref(),
        Some("There is no such referral here.")
    );
    app.run_jobs().await;
    assert!(app.credits().await.is_empty());
}
