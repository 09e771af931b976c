//! An admin approves or denies, once, and everybody reads what they should.

use domain::{
    credit::Sign,
    referral::{FailureReason, ReferralStatus},
};
use serde_json::Value;

use super::{
    CARD, DAY, MINUTE, NOTE, decision, pay_with, referral_of, under_review, waiting_count,
};
use crate::{
    refunds::rest,
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    everybody_reads_that_it_is_under_review_and_only_admins_why,
    what_is_approved_is_issued,
    what_is_denied_never_earns,
    a_review_is_decided_once,
    of_two_admins_one_decides,
    an_approved_credit_waits_for_its_hold,
    a_hold_that_ends_during_the_review_is_over,
);

const KIM: &str = "kim@example.com";
const GONE: &str = "This credit is not under review anymore.";

async fn everybody_reads_that_it_is_under_review_and_only_admins_why(app: TestApp) {
    under_review(&app, 0).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    let table = dana
        .fetch("admin_referrals", &[("program", "tenant")])
        .await;
    let table: Value = serde_json::from_str(&table.text).unwrap();
    let rows = table["rows"].as_array().unwrap();
    let row = rows.iter().find(|row| row["id"] == referral_id(&id));
    assert_eq!(row.unwrap()["reason"], "Under review");
    let console = dana.get("/admin/referrals").await.text;
    assert!(
        console.contains("1 credit waits for your review."),
        "{console}"
    );
    let why = Sign::CardOfReferrer.sentence();
    let list = dana.get("/admin/referrals/reviews?tab=tenant").await.text;
    let path = format!("/admin/referrals/tenant/{id}/review");
    assert!(list.contains(why) && list.contains(&path), "{list}");
    let story = dana
        .get(&format!("/admin/referrals/tenant/{id}"))
        .await
        .text;
    assert!(story.contains(why) && story.contains(&path), "{story}");
    assert!(!story.contains("Next attempt"), "{story}");
    let page = dana.get(&path).await.text;
    for words in [
        "Mia Stone will get $10.00 for Kim Other.",
        why,
        "Approve",
        "Deny",
    ] {
        assert!(page.contains(words), "{page}");
    }

    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains("Under review"), "{card}");
    assert!(!card.contains("paid with a card"), "{card}");
    let phone = app.phone_of("mia@example.com").await;
    let mine = phone.get("/api/v1/me/referrals").await.json;
    let mine = mine["data"].as_array().unwrap();
    let reasons: Vec<_> = mine.iter().map(|one| &one["reason"]).collect();
    assert!(reasons.contains(&&Value::from("Under review")), "{mine:?}");
}

fn referral_id(id: &str) -> i64 {
    id.parse().unwrap()
}

async fn what_is_approved_is_issued(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    // Nothing happens by itself.
    app.sweep_after(30 * DAY).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    let said = dana
        .done("decide_review", &decision(&id, "approve", NOTE))
        .await;
    assert_eq!(said, "The credit was approved.");
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    let status = referral_of(&app, KIM).await.status;
    assert_eq!(*status, ReferralStatus::Credited);
    let log = app.audit_rows().await;
    let line = log.iter().find(|row| row.field == "Review").unwrap();
    assert_eq!(
        line.old_value.as_deref(),
        Some("Under review. The friend paid with a card that the referrer paid with.")
    );
    assert_eq!(
        line.new_value.as_deref(),
        Some("Approved: Asked both of them")
    );
    let story = dana
        .get(&format!("/admin/referrals/tenant/{id}"))
        .await
        .text;
    assert!(
        story.contains("by Dana Stone. Approved: Asked both"),
        "{story}"
    );
    assert!(!story.contains("/review\""), "{story}");
    let told = "You earned a $10.00 credit from your referral";
    assert_eq!(app.notifications(&referred.mia).await, [told]);
    app.assert_nothing_is_left().await;
}

async fn what_is_denied_never_earns(app: TestApp) {
    let (referred, kim, _) = under_review(&app, 0).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    let said = dana
        .done("decide_review", &decision(&id, "deny", NOTE))
        .await;
    assert_eq!(said, "The credit was denied, and the referral ended.");
    assert!(app.credits().await.is_empty());
    let referral = referral_of(&app, KIM).await;
    assert_eq!(*referral.status, ReferralStatus::Failed);
    let reason = FailureReason::Voided(NOTE.to_owned());
    assert_eq!(referral.failure_reason.as_deref(), Some(&reason));
    let log = app.audit_rows().await;
    let line = log.iter().find(|row| row.field == "Review").unwrap();
    assert_eq!(
        line.new_value.as_deref(),
        Some("Denied: Asked both of them")
    );
    let seen = "Under review. The friend paid with a card that the referrer paid with.";
    assert_eq!(line.old_value.as_deref(), Some(seen));
    // Whatever they buy.
    pay_with(&app, &kim, &referred.ticket, "Another card").await;
    rest(&app).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    let mia = app.signed_in("mia@example.com").await;
    let card = mia.get("/dashboard").await.text;
    assert!(card.contains("Detroit Arms ended this referral"), "{card}");
    assert!(!card.contains(NOTE), "{card}");
    app.assert_nothing_is_left().await;
}

async fn a_review_is_decided_once(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    dana.done("decide_review", &decision(&id, "approve", NOTE))
        .await;
    for again in ["approve", "deny"] {
        let refusal = dana
            .refused("decide_review", &decision(&id, again, NOTE))
            .await;
        assert!(refusal.message.unwrap().contains(GONE));
    }
    let page = dana
        .get(&format!("/admin/referrals/tenant/{id}/review"))
        .await;
    assert!(page.text.contains(GONE), "{}", page.text);
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    app.assert_nothing_is_left().await;
}

async fn of_two_admins_one_decides(app: TestApp) {
    let (referred, ..) = under_review(&app, 0).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    let [yes, no] = ["approve", "deny"].map(|what| decision(&id, what, NOTE));
    let (one, other) = tokio::join!(
        dana.fetch("decide_review", &yes),
        dana.fetch("decide_review", &no)
    );
    let refused = [&one, &other].map(|answer| answer.text.contains(GONE));
    assert!(refused[0] != refused[1], "{} {}", one.text, other.text);
    app.run_jobs().await;
    app.settle().await;
    let earned = if refused[1] { -1000 } else { 0 };
    assert_eq!(app.balance_of(&referred.mia).await, earned);
    assert_eq!(waiting_count(&app).await, 0);
    let log = app.audit_rows().await;
    assert_eq!(log.iter().filter(|row| row.field == "Review").count(), 1);
    app.assert_nothing_is_left().await;
}

async fn an_approved_credit_waits_for_its_hold(app: TestApp) {
    let (referred, ..) = under_review(&app, 14).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    dana.done("decide_review", &decision(&id, "approve", NOTE))
        .await;
    let story = dana
        .get(&format!("/admin/referrals/tenant/{id}"))
        .await
        .text;
    assert!(story.contains("On hold until"), "{story}");
    app.sweep_after(13 * DAY).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0);
    app.sweep_after(DAY + MINUTE).await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
}

async fn a_hold_that_ends_during_the_review_is_over(app: TestApp) {
    let (referred, ..) = under_review(&app, 1).await;
    app.sweep_after(2 * DAY).await;
    assert_eq!(app.balance_of(&referred.mia).await, 0, "it is under review");
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    dana.done("decide_review", &decision(&id, "approve", NOTE))
        .await;
    app.run_jobs().await;
    app.settle().await;
    assert_eq!(app.balance_of(&referred.mia).await, -1000);
    // With another card nothing waits.
    let lou = super::friend(&app, "lou@example.com").await;
    pay_with(&app, &lou, &referred.ticket, &format!("not {CARD}")).await;
    rest(&app).await;
    assert_eq!(waiting_count(&app).await, 0);
}
