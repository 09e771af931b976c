//! Site Settings > Rewards: from how many signs on credits are reviewed.

use domain::credit::ReviewFrom;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    an_admin_turns_reviews_on_and_off,
    what_is_no_choice_is_refused,
);

const TAB: &str = "/admin/settings?tab=rewards";

fn form<'a>(review: &'a str, version: &'a str) -> [(&'static str, &'a str); 4] {
    [
        ("program", "tenant"),
        ("hold_days", "0"),
        ("review", review),
        ("version", version),
    ]
}

async fn an_admin_turns_reviews_on_and_off(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = dana.get(TAB).await.text;
    assert!(page.contains("Review suspicious referrals"), "{page}");
    assert_eq!(app.site().await.settings.terms().unwrap().review, None);
    dana.done("save_terms", &form("two_signs", "1")).await;
    let terms = app.site().await.settings.terms().unwrap();
    assert_eq!(terms.review, Some(ReviewFrom::TwoSigns));
    let traces = app.audit_rows().await;
    assert_eq!(traces.len(), 1, "{traces:?}");
    assert_eq!(traces[0].field, "Review");
    assert_eq!(traces[0].old_value.as_deref(), Some("Off"));
    assert_eq!(traces[0].new_value.as_deref(), Some("Two or more signs"));
    dana.done("save_terms", &form("", "2")).await;
    assert_eq!(app.site().await.settings.terms().unwrap().review, None);
}

async fn what_is_no_choice_is_refused(app: TestApp) {
    let dana = app.detroit_admin().await;
    let refusal = dana.refused("save_terms", &form("always", "1")).await;
    let words = refusal.about("review").unwrap();
    assert!(words.contains("how many signs"), "{words}");
    assert_eq!(app.site().await.settings.terms().unwrap().review, None);
}
