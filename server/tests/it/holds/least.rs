//! The least purchase that counts (`docs/rules.md` 134).

use domain::{
    credit::{NoCredit, Terms},
    money::{Currency, Money},
    purchase::ProductKind,
    referral::ReferralStatus,
};
use serde_json::Value;

use super::GUIDE;
use crate::support::{TestApp, on_both_databases, subscription};

on_both_databases!(
    a_small_purchase_earns_nothing_and_a_larger_one_does,
    what_credit_paid_does_not_count,
    it_is_decided_again_once_the_least_is_lower,
    a_small_purchase_keeps_no_credit_of_an_undone_one,
    a_subscription_below_the_least_earns_nothing,
);

fn least(cents: i64) -> Terms {
    Terms {
        least: Money::new(cents, Currency::Usd),
        ..GUIDE
    }
}

async fn a_small_purchase_earns_nothing_and_a_larger_one_does(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(least(2500)).await;
    let ticket = referred.ticket.clone();
    let kind = ProductKind::EventTicket;
    referred.ticket = app.product(&app.detroit, kind, "practice", 2499).await;
    let small = app.sell(&referred).await;
    app.decide(small).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Pending);
    let why = app.purchase(small).await.no_credit;
    assert_eq!(why.as_deref(), Some(&NoCredit::BelowLeast));
    let phone = app.phone_of("mia@example.com").await;
    let reason = phone.get("/api/v1/me/referrals").await.json["data"][0]["reason"].clone();
    assert_eq!(
        reason,
        "You earn when they make a purchase of $25.00 or more"
    );
    let dana = app.detroit_admin().await;
    let fields = [("program", "tenant")];
    let page = dana.fetch("admin_referrals", &fields).await.text;
    let page: Value = serde_json::from_str(&page).unwrap();
    let told = &page["rows"][0]["reason"];
    assert_eq!(told, "Paid less than a purchase that counts");

    referred.ticket = ticket;
    let large = app.sell(&referred).await;
    app.decide(large).await;
    app.assert_credited_once(&referred.mia).await;
    assert_eq!(app.referral().await.purchase_id, Some(large));
}

/// Of $45.00, Jane pays $25.00 with money, and then $24.99.
async fn what_credit_paid_does_not_count(app: TestApp) {
    let referred = app.referred().await;
    app.give_balance(&referred.jane, "cus_jane", 2001).await;
    app.set_terms(least(2500)).await;
    let desk = app.detroit_admin().await;
    let (member, product) = (referred.jane.id.to_string(), referred.ticket.id.to_string());
    let form = [
        ("member_id", member.as_str()),
        ("product_id", &product),
        ("credit", "2001"),
        ("token", "0123456789abcdef0123456789abcdef"),
    ];
    desk.done("record_sale", &form).await;
    app.run_jobs().await;
    let sale = app.purchases().await.remove(0);
    assert_eq!(sale.credit_used_cents, Some(2001));
    assert_eq!(
        sale.no_credit.as_deref(),
        Some(&NoCredit::BelowLeast),
        "$24.99 was paid with money"
    );
    assert_eq!(app.status().await, ReferralStatus::Pending);
}

async fn it_is_decided_again_once_the_least_is_lower(app: TestApp) {
    let referred = app.referred().await;
    app.set_terms(least(5000)).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    let dana = app.detroit_admin().await;
    let id = app.referral().await.id.to_string();
    let fields = [("program", "tenant"), ("id", id.as_str())];
    let story = format!("/admin/referrals/tenant/{id}");
    assert!(dana.get(&story).await.text.contains("Decide again"));
    let refusal = dana.refused("decide_again", &fields).await;
    let told = refusal.message.unwrap();
    assert!(told.starts_with("Less was paid than"), "{told}");
    app.set_terms(least(4500)).await;
    dana.done("decide_again", &fields).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}

/// The first sale is undone; the second one would not have earned the credit.
async fn a_small_purchase_keeps_no_credit_of_an_undone_one(app: TestApp) {
    let mut referred = app.referred().await;
    app.set_terms(least(2500)).await;
    let first = app.sell(&referred).await;
    app.decide(first).await;
    let kind = ProductKind::EventTicket;
    referred.ticket = app.product(&app.detroit, kind, "practice", 2499).await;
    let small = app.sell(&referred).await;
    app.decide(small).await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    let desk = app.detroit_admin().await;
    let (member, id) = (referred.jane.id.to_string(), first.to_string());
    let form = [
        ("member_id", member.as_str()),
        ("purchase_id", &id),
        ("reason", "Brought back"),
    ];
    desk.done("undo_sale", &form).await;
    app.run_jobs().await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
}

async fn a_subscription_below_the_least_earns_nothing(app: TestApp) {
    let platform = app.platform().await;
    app.set_platform_terms(least(125_001)).await;
    let code = Some(platform.jordan.code.as_str());
    let session = subscription("cs_1", &platform.pewpros, "kim@example.com", code);
    app.subscribe(&platform, session).await;
    assert!(app.credits().await.is_empty());
    let why = app.platform_purchases().await.remove(0).no_credit;
    assert_eq!(why.as_deref(), Some(&NoCredit::BelowLeast));
    let pending = app.platform_referral().await.status;
    assert_eq!(*pending, ReferralStatus::Pending);
}
