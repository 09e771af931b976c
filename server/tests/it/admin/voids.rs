//! Referrals that an admin voids (`docs/rules.md` 141).

use std::time::Duration;

use domain::{
    credit::{CreditState, Program},
    referral::{FailureReason, ReferralStatus},
};
use reqwest::Client;
use stripe_stand_in::{Fault, FaultKind};

use crate::{
    stripe_accounts::disconnect,
    support::{
        Browser, Referred, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases, subscription,
    },
};

on_both_databases!(
    a_pending_referral_ends_and_never_earns,
    what_is_not_posted_yet_is_given_up,
    what_was_credited_is_taken_back,
    what_was_spent_is_not_taken_back,
    a_failed_one_is_not_retried_any_more,
    what_stripe_has_not_confirmed_is_settled_first,
    a_platform_referral_is_voided_too,
    it_has_a_reason_and_a_recent_password,
    another_tenants_referral_is_not_there,
);

const REASON: &str = "Two accounts of one person";

fn form<'a>(program: &'a str, id: &'a str, reason: &'a str) -> [(&'a str, &'a str); 3] {
    [("program", program), ("id", id), ("reason", reason)]
}

async fn void(dana: &Browser, id: &str) -> String {
    dana.done("void_referral", &form("tenant", id, REASON))
        .await
}

async fn credited(app: &TestApp) -> Referred {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    app.run_jobs().await;
    assert_eq!(app.status().await, ReferralStatus::Credited);
    referred
}

async fn a_pending_referral_ends_and_never_earns(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let id = app.referral().await.id.to_string();
    let story = format!("/admin/referrals/tenant/{id}");
    let page = dana.get(&story).await.text;
    assert!(page.contains(&format!("{story}/void")), "{page}");
    let page = dana.get(&format!("{story}/void")).await.text;
    assert!(page.contains("earns nothing for Jane"), "{page}");

    assert_eq!(void(&dana, &id).await, "The referral was voided.");
    let referral = app.referral().await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    let voided = FailureReason::Voided(REASON.to_owned());
    assert_eq!(referral.failure_reason.as_deref(), Some(&voided));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Failed);
    let page = dana.get(&story).await.text;
    let told = format!("Voided by an admin: {REASON}");
    assert!(
        page.contains(&told) && page.contains("by Dana Stone"),
        "{page}"
    );
    assert!(!page.contains("/void"), "once: {page}");
    let log = app.audit_rows().await;
    let line = log.iter().find(|row| row.field == "Voided").unwrap();
    assert_eq!(line.old_value.as_deref(), Some("Pending"));
    assert_eq!(line.new_value.as_deref(), Some(REASON));
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains("Detroit Arms ended this referral"), "{card}");
    assert!(
        !card.contains(REASON),
        "the reason is the staff's own: {card}"
    );
    let again = dana
        .refused("void_referral", &form("tenant", &id, REASON))
        .await;
    assert!(again.message.unwrap().contains("voided before"));
    app.assert_nothing_is_left().await;
}

async fn what_is_not_posted_yet_is_given_up(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let unread = Fault::next(FaultKind::FailBefore).on("GET", "/v1/customers");
    app.stripe.fault(unread.times(9));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.stripe.clear_faults();
    assert_eq!(*app.credits().await[0].state, CreditState::Due);
    let id = app.referral().await.id.to_string();
    void(&dana, &id).await;
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Failed);
    app.run_jobs().await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn what_was_credited_is_taken_back(app: TestApp) {
    let referred = credited(&app).await;
    let dana = app.detroit_admin().await;
    let id = app.referral().await.id.to_string();
    let story = format!("/admin/referrals/tenant/{id}");
    let page = dana.get(&format!("{story}/void")).await.text;
    assert!(page.contains("The $10.00 that Mia Stone earned"), "{page}");
    let twice = [form("tenant", &id, REASON), form("tenant", &id, REASON)];
    let [one, other] = &twice;
    let (one, other) = tokio::join!(
        dana.fetch("void_referral", one),
        dana.fetch("void_referral", other)
    );
    let done = "its credit is taken back";
    let answers = [one.text, other.text];
    let done: Vec<_> = answers.iter().filter(|text| text.contains(done)).collect();
    assert_eq!(done.len(), 1, "{answers:?}");
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    let referral = app.referral().await;
    assert_eq!(*referral.status, ReferralStatus::Credited);
    assert_eq!(referral.taken_back_cents, Some(1000));
    assert!(referral.voided_at.is_some());
    let page = dana.get(&story).await.text;
    let told = "$10.00 taken back: the referral was voided";
    assert!(page.contains(told), "{page}");
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains(told), "{card}");
    let statement = mia.get("/credits").await.text;
    let why = "Taken back: the referral of Jane D. was voided";
    assert!(statement.contains(why), "{statement}");
    // Another purchase of the friend earns nothing.
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.run_jobs().await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    app.assert_nothing_is_left().await;
}

async fn what_was_spent_is_not_taken_back(app: TestApp) {
    let referred = credited(&app).await;
    let dana = app.detroit_admin().await;
    let customer = app.customer_of(referred.mia.id).await.unwrap();
    let base = &app.stripe.base_url;
    let url = format!("{base}v1/customers/{customer}/balance_transactions");
    let form = [("amount", "700"), ("currency", "usd")];
    let spent = Client::new().post(url).bearer_auth(STRIPE_KEY).form(&form);
    assert_eq!(spent.send().await.unwrap().status(), 200);
    let id = app.referral().await.id.to_string();
    void(&dana, &id).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, 0, "no debt");
    assert_eq!(app.referral().await.taken_back_cents, Some(300));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_failed_one_is_not_retried_any_more(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    disconnect(&app, Program::Tenant).await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    assert_eq!(app.status().await, ReferralStatus::Failed);
    let id = app.referral().await.id.to_string();
    void(&dana, &id).await;
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let retry = [("program", "tenant"), ("ids[]", id.as_str())];
    dana.fetch("retry_referrals", &retry).await;
    app.sweep_after(Duration::from_secs(7 * 3600)).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    assert!(app.credits().await.is_empty());
    assert_eq!(app.status().await, ReferralStatus::Failed);
    app.run_jobs().await;
}

async fn what_stripe_has_not_confirmed_is_settled_first(app: TestApp) {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    let lost = Fault::next(FaultKind::DropAfter).on("POST", "/v1/customers/");
    app.stripe.fault(lost.times(9));
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.advance(Duration::from_secs(60));
    let id = app.referral().await.id.to_string();
    let refusal = dana
        .refused("void_referral", &form("tenant", &id, REASON))
        .await;
    assert!(refusal.message.unwrap().contains("has not confirmed yet"));
    assert_eq!(app.status().await, ReferralStatus::Pending, "unchanged");
    app.stripe.clear_faults();
    app.advance(Duration::from_secs(60));
    void(&dana, &id).await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    assert_eq!(app.referral().await.taken_back_cents, Some(1000));
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn a_platform_referral_is_voided_too(app: TestApp) {
    let platform = app.platform().await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let code = Some(platform.jordan.code.as_str());
    let bought = subscription("cs_1", &platform.pewpros, "office@range.example", code);
    app.subscribe(&platform, bought).await;
    app.settle().await;
    let id = app.platform_referral().await.id.to_string();
    let page = pat
        .get(&format!("/admin/referrals/platform/{id}/void"))
        .await;
    assert!(page.text.contains("The $50.00 that Jordan Reyes earned"));
    let said = pat
        .done("void_referral", &form("platform", &id, REASON))
        .await;
    assert!(said.contains("taken back"), "{said}");
    app.run_jobs().await;
    app.settle().await;
    let referral = app.platform_referral().await;
    assert_eq!(referral.status, ReferralStatus::Credited);
    assert_eq!(referral.taken_back_cents, Some(5000));
    let entries = app.platform_objects("balance_transactions");
    let amounts: Vec<_> = entries
        .iter()
        .filter_map(|one| one["amount"].as_i64())
        .collect();
    assert_eq!(amounts, [-5000, 5000]);
    app.run_jobs().await;
    app.assert_nothing_is_left().await;
}

async fn it_has_a_reason_and_a_recent_password(app: TestApp) {
    app.stop_our_clock();
    app.referred().await;
    let dana = app.detroit_admin().await;
    let id = app.referral().await.id.to_string();
    for (reason, words) in [(" ", "Say why"), (&*"x".repeat(201), "200 characters")] {
        let refusal = dana
            .refused("void_referral", &form("tenant", &id, reason))
            .await;
        assert!(refusal.about("reason").unwrap().contains(words));
    }
    app.advance(Duration::from_secs(60 * 60));
    let refusal = dana
        .refused("void_referral", &form("tenant", &id, REASON))
        .await;
    let words = refusal.message.unwrap();
    assert!(words.contains("an hour since you typed"), "{words}");
    assert_eq!(app.status().await, ReferralStatus::Pending);
}

async fn another_tenants_referral_is_not_there(app: TestApp) {
    app.referred().await;
    let id = app.referral().await.id.to_string();
    app.admin(&app.coaching, "chris@example.com").await;
    let chris = app.browser_at("coaching.localhost");
    chris.sign_in("chris@example.com").await;
    let page = chris
        .get(&format!("/admin/referrals/tenant/{id}/void"))
        .await;
    assert_eq!(page.status, 404);
    let refusal = chris
        .refused("void_referral", &form("tenant", &id, REASON))
        .await;
    assert!(refusal.message.unwrap().contains("no such referral"));
    let refusal = chris
        .refused("void_referral", &form("platform", &id, REASON))
        .await;
    assert!(refusal.message.unwrap().contains("Your role may not"));
    assert_eq!(app.status().await, ReferralStatus::Pending);
}
