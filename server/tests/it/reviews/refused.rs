//! Who may not decide, and what is no decision.

use std::time::Duration;

use super::{NOTE, decision, referral_of, under_review, waiting_count};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    it_has_a_note_a_choice_and_a_recent_password,
    another_tenants_review_is_not_there,
    what_is_not_under_review_is_not_decided,
);

const KIM: &str = "kim@example.com";

async fn it_has_a_note_a_choice_and_a_recent_password(app: TestApp) {
    app.stop_our_clock();
    under_review(&app, 0).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    let dana = app.detroit_admin().await;
    for what in ["approve", "deny"] {
        let refusal = dana
            .refused("decide_review", &decision(&id, what, " "))
            .await;
        assert!(refusal.about("reason").unwrap().contains("Say why"));
    }
    let refusal = dana
        .refused("decide_review", &decision(&id, "perhaps", NOTE))
        .await;
    assert!(
        refusal
            .about("decision")
            .unwrap()
            .contains("Approve or Deny")
    );
    assert_eq!(refusal.typed("reason"), NOTE);
    app.advance(Duration::from_secs(60 * 60));
    let refusal = dana
        .refused("decide_review", &decision(&id, "approve", NOTE))
        .await;
    let words = refusal.message.unwrap();
    assert!(words.contains("an hour since you typed"), "{words}");
    assert_eq!(waiting_count(&app).await, 1);
}

async fn another_tenants_review_is_not_there(app: TestApp) {
    under_review(&app, 0).await;
    let id = referral_of(&app, KIM).await.id.to_string();
    app.admin(&app.coaching, "chris@example.com").await;
    let chris = app.browser_at("coaching.localhost");
    chris.sign_in("chris@example.com").await;
    let page = chris
        .get(&format!("/admin/referrals/tenant/{id}/review"))
        .await;
    assert_eq!(page.status, 404);
    let list = chris.get("/admin/referrals/reviews").await.text;
    assert!(list.contains("No credit waits for your review."), "{list}");
    for what in ["approve", "deny"] {
        let refusal = chris
            .refused("decide_review", &decision(&id, what, NOTE))
            .await;
        assert!(refusal.message.unwrap().contains("no such referral"));
    }
    assert_eq!(waiting_count(&app).await, 1);
}

async fn what_is_not_under_review_is_not_decided(app: TestApp) {
    app.referred().await;
    let id = app.referral().await.id.to_string();
    let dana = app.detroit_admin().await;
    for what in ["approve", "deny"] {
        let refusal = dana
            .refused("decide_review", &decision(&id, what, NOTE))
            .await;
        let words = refusal.message.unwrap();
        assert!(words.contains("not under review anymore"), "{words}");
    }
    let status = app.referral().await.status;
    assert_eq!(status.code(), "pending", "nothing was voided");
}
