//! Switching a program off while credits are on hold (`docs/rules.md` 133).

use domain::referral::{FailureReason, ReferralStatus};
use store::{credits::holds, platform_settings};

use super::{DAY, MINUTE, hold};
use crate::support::{Browser, TestApp, on_both_databases, subscription};

on_both_databases!(
    it_is_confirmed_and_what_stays_is_issued,
    what_is_voided_fails_and_is_not_retried,
    what_stayed_is_voided_after_all,
    with_nothing_on_hold_nothing_is_asked,
    what_was_confirmed_beside_it_is_not_asked_again,
    what_another_site_holds_stays,
    a_platform_program_is_switched_off_too,
    the_second_of_two_admins_voids_nothing,
    what_ended_meanwhile_is_not_voided,
);

const CONFIRM: &str = "/admin/settings?tab=switch-off";

/// Sets the amount to 0; where the browser goes.
async fn switch_off(dana: &Browser) -> String {
    let fields = [
        ("tenant_credit", ""),
        ("memory_days", "30"),
        ("version", "1"),
    ];
    dana.go("save_settings", &fields).await
}

/// Confirms it, with the boxes that are ticked.
fn confirmed<'a>(version: &'a str, ticked: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("tenant_credit", ""),
        ("memory_days", "30"),
        ("version", version),
        ("void_tenant", ticked),
    ]
}

async fn it_is_confirmed_and_what_stays_is_issued(app: TestApp) {
    let referred = app.held(14).await;
    let dana = app.detroit_admin().await;
    let to = switch_off(&dana).await;
    assert!(to.starts_with(CONFIRM), "{to}");
    let settings = app.site().await.settings;
    assert_eq!((settings.tenant_credit_cents, settings.version), (1000, 1));
    let page = dana.get(&to).await.text;
    assert!(page.contains("1 credit is on hold, $10.00."), "{page}");
    // Nothing is ticked, and what was typed beside it is kept.
    assert!(page.contains(r#"name="void_tenant""#), "{page}");
    assert!(!page.contains("checked"), "{page}");
    assert!(page.contains(r#"name="memory_days""#), "{page}");
    assert!(page.contains(r#"value="30""#), "{page}");

    let said = dana.done("switch_off", &confirmed("1", "")).await;
    assert_eq!(said, "Settings saved.");
    let settings = app.site().await.settings;
    assert_eq!(settings.tenant_credit_cents, 0);
    assert_eq!(settings.referral_memory_days, 30);
    app.only_credit_is_on_hold().await;
    app.sweep_after(14 * DAY + MINUTE).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn what_is_voided_fails_and_is_not_retried(app: TestApp) {
    let referred = app.held(14).await;
    let kim = app.another_friend(&referred.mia, "Kim").await;
    let dana = app.detroit_admin().await;
    switch_off(&dana).await;
    let said = dana.done("switch_off", &confirmed("1", "on")).await;
    assert_eq!(said, "Settings saved. 1 credit on hold was voided.");
    assert!(app.credits().await.is_empty());
    let referral = app.referral_of(&referred.jane).await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    let reason = referral.failure_reason.as_deref();
    assert_eq!(reason, Some(&FailureReason::VoidedWhenOff));
    // A friend who bought nothing still waits.
    let other = app.referral_of(&kim).await;
    assert_eq!(*other.status, ReferralStatus::Pending);

    let words = "Voided when the program was switched off";
    let id = referral.id.to_string();
    let story = dana
        .get(&format!("/admin/referrals/tenant/{id}"))
        .await
        .text;
    assert!(story.contains(words), "{story}");
    let form = [("program", "tenant"), ("ids[0]", id.as_str())];
    let answer = dana.fetch("retry_referrals", &form).await.text;
    assert!(answer.contains(words), "{answer}");
    let phone = app.phone_of("mia@example.com").await;
    let mine = phone.get("/api/v1/me/referrals").await.json;
    assert_eq!(mine["data"][1]["reason"], words);
    let traces = app.audit_rows().await;
    let trace = traces.iter().find(|row| row.field == "Credits on hold");
    let trace = trace.expect("a line");
    assert_eq!(trace.actor, "Dana Stone");
    assert_eq!(trace.old_value.as_deref(), Some("1, $10.00 in all"));
    assert_eq!(trace.new_value.as_deref(), Some("1 voided"));

    // Nothing revives it: neither its end, nor the program, nor another purchase.
    app.sweep_after(15 * DAY).await;
    let dana = app.signed_in("dana@example.com").await;
    let on = [("tenant_credit", "1000"), ("version", "2")];
    dana.done("save_settings", &on).await;
    let again = app.sell(&referred).await;
    app.decide(again).await;
    assert!(app.credits().await.is_empty());
    assert!(app.balance_transactions().is_empty());
}

/// The admin goes back to the step, and ticks the box.
async fn what_stayed_is_voided_after_all(app: TestApp) {
    app.held(14).await;
    let dana = app.detroit_admin().await;
    let to = switch_off(&dana).await;
    dana.done("switch_off", &confirmed("1", "")).await;
    let page = dana.get(&to).await.text;
    assert!(page.contains("1 credit is on hold, $10.00."), "{page}");
    let said = dana.done("switch_off", &confirmed("1", "on")).await;
    assert_eq!(said, "Settings saved. 1 credit on hold was voided.");
    assert!(app.credits().await.is_empty());
    let reason = app.referral().await.failure_reason;
    assert_eq!(reason.as_deref(), Some(&FailureReason::VoidedWhenOff));
}

async fn with_nothing_on_hold_nothing_is_asked(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.set_terms(hold(14)).await;
    let dana = app.detroit_admin().await;
    let off = [("tenant_credit", "0"), ("version", "1")];
    assert_eq!(dana.done("save_settings", &off).await, "Settings saved.");
    let page = dana.get(&format!("{CONFIRM}&tenant_credit=0")).await.text;
    assert!(page.contains("Nothing is on hold"), "{page}");
}

/// An unusual amount of the other program was confirmed before the step (`docs/rules.md` 222).
async fn what_was_confirmed_beside_it_is_not_asked_again(app: TestApp) {
    app.held(14).await;
    app.double_admin(&app.detroit, "both@example.com").await;
    let both = app.signed_in("both@example.com").await;
    let version = platform_settings::get(app.state.db.reader()).await.unwrap();
    let version = version.version.to_string();
    let fields = [
        ("tenant_credit", "0"),
        ("version", "1"),
        ("platform_credit", "60000"),
        ("platform_version", version.as_str()),
        ("platform_credit_confirmed", "60000"),
    ];
    let refusal = both.refused("save_settings", &fields[..4]).await;
    assert!(refusal.about("platform_credit").is_some(), "{refusal:?}");
    let to = both.go("save_settings", &fields).await;
    assert!(to.starts_with(CONFIRM), "{to}");
    let page = both.get(&to).await.text;
    let kept = r#"name="platform_credit_confirmed" value="60000""#;
    assert!(page.contains(kept), "{page}");
    assert_eq!(both.done("switch_off", &fields).await, "Settings saved.");
    let now = platform_settings::get(app.state.db.reader()).await.unwrap();
    assert_eq!(now.platform_credit_cents, 60_000);
    assert_eq!(app.site().await.settings.tenant_credit_cents, 0);
}

async fn what_another_site_holds_stays(app: TestApp) {
    app.held(14).await;
    app.admin(&app.coaching, "cole@example.com").await;
    let cole = app.browser_at("coaching.localhost");
    cole.sign_in("cole@example.com").await;
    let fields = confirmed("1", "on");
    assert_eq!(cole.done("switch_off", &fields).await, "Settings saved.");
    app.only_credit_is_on_hold().await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    assert!(pat.refused("switch_off", &fields).await.message.is_some());
    app.only_credit_is_on_hold().await;
    let page = pat.get(&format!("{CONFIRM}&tenant_credit=0")).await.text;
    assert!(!page.contains("1 credit is on hold"), "{page}");
}

async fn a_platform_program_is_switched_off_too(app: TestApp) {
    let platform = app.platform().await;
    app.set_platform_terms(hold(30)).await;
    let code = Some(platform.jordan.code.as_str());
    for (id, email) in [("cs_1", "kim@example.com"), ("cs_2", "lou@example.com")] {
        let session = subscription(id, &platform.pewpros, email, code);
        app.subscribe(&platform, session).await;
    }
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let db = app.state.db.reader();
    let version = platform_settings::get(db).await.unwrap().version;
    let version = version.to_string();
    let fields = [
        ("platform_credit", "0"),
        ("platform_version", version.as_str()),
        ("void_platform", "on"),
    ];
    let to = pat.go("save_settings", &fields[..2]).await;
    let page = pat.get(&to).await.text;
    let words = "2 credits are on hold, $100.00 in all.";
    assert!(page.contains(words), "{page}");
    let said = pat.done("switch_off", &fields).await;
    assert_eq!(said, "Settings saved. 2 credits on hold were voided.");
    assert!(app.credits().await.is_empty());
    for referral in app.platform_referrals().await {
        assert_eq!(*referral.status, ReferralStatus::Failed);
        let reason = referral.failure_reason.as_deref();
        assert_eq!(reason, Some(&FailureReason::VoidedWhenOff));
    }
    app.sweep_after(31 * DAY).await;
    assert!(app.platform_objects("balance_transactions").is_empty());
}

async fn the_second_of_two_admins_voids_nothing(app: TestApp) {
    app.held(14).await;
    let dana = app.detroit_admin().await;
    switch_off(&dana).await;
    app.admin(&app.detroit, "cole@example.com").await;
    let cole = app.signed_in("cole@example.com").await;
    let other = [("tenant_credit", "2000"), ("version", "1")];
    cole.done("save_settings", &other).await;
    let refusal = dana.refused("switch_off", &confirmed("1", "on")).await;
    let told = refusal.message.clone().unwrap();
    assert!(told.contains("saved these settings"), "{told}");
    assert_eq!(refusal.typed("version"), "2");
    app.only_credit_is_on_hold().await;
}

/// The hold ends, and a job asks Stripe, between the page and the button.
async fn what_ended_meanwhile_is_not_voided(app: TestApp) {
    let referred = app.held(1).await;
    let dana = app.detroit_admin().await;
    switch_off(&dana).await;
    app.lose_jobs().await;
    app.advance(DAY + MINUTE);
    let scope = store::Scope::Site(app.detroit.id());
    let now = app.state.now();
    let held = holds::of_scope(app.state.db.reader(), scope, now).await;
    assert!(held.unwrap().is_empty());
    let dana = app.signed_in("dana@example.com").await;
    let said = dana.done("switch_off", &confirmed("1", "on")).await;
    assert_eq!(said, "Settings saved.");
    app.issue().await;
    app.assert_credited_once(&referred.mia).await;
}
