//! What an admin changes only within an hour of typing the password.

use std::time::Duration;

use crate::support::{Browser, PASSWORD, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    it_is_asked_for_again_after_an_hour,
    a_wrong_one_changes_nothing,
    the_page_asks_in_time,
);

const MINUTE: Duration = Duration::from_secs(60);
const SETTINGS: &str = "/admin/settings";
const PANEL: &str = "since you entered your password";
const REFUSED: &str = "It is an hour since you typed your password";

/// Sends each form that needs it; whether all of them were refused for that.
async fn refused(dana: &Browser) -> Vec<bool> {
    let keys = [
        ("secret_key", STRIPE_KEY),
        ("webhook_secrets", WEBHOOK_SECRET),
    ];
    let forms: [(&str, &[(&str, &str)]); 8] = [
        ("save_settings", &[("tenant_credit", "12")]),
        ("switch_off", &[("tenant_credit", "12")]),
        ("save_terms", &[("program", "tenant"), ("hold_days", "3")]),
        ("connect_stripe", &keys),
        ("create_webhook_endpoint", &[("program", "tenant")]),
        ("remove_signing_secret", &[("program", "tenant")]),
        ("disconnect_stripe", &[("program", "tenant")]),
        ("require_second_factor", &[("required", "on")]),
    ];
    let mut refused = Vec::new();
    for (function, fields) in forms {
        let answer = dana.fetch(function, fields).await.text;
        refused.push(answer.contains(REFUSED));
    }
    refused
}

async fn it_is_asked_for_again_after_an_hour(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    app.advance(MINUTE * 59);
    assert_eq!(refused(&dana).await, [false; 8]);
    app.advance(MINUTE);
    assert_eq!(refused(&dana).await, [true; 8]);
    let typed = [("password", PASSWORD), ("page", SETTINGS)];
    dana.done("type_password", &typed).await;
    assert_eq!(refused(&dana).await, [false; 8]);
    app.run_jobs().await;
}

async fn a_wrong_one_changes_nothing(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    app.advance(MINUTE * 60);
    let wrong = [("password", "a guess!"), ("page", SETTINGS)];
    let refusal = dana.refused("type_password", &wrong).await;
    assert_eq!(
        refusal.about("password"),
        Some("This is not your password.")
    );
    assert_eq!(refused(&dana).await, [true; 8]);
}

async fn the_page_asks_in_time(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    let page = async || dana.get(SETTINGS).await.text;
    app.advance(MINUTE * 39);
    assert!(!page().await.contains(PANEL));
    app.advance(MINUTE);
    let asking = page().await;
    assert!(asking.contains(PANEL), "{asking}");
    let elsewhere = [("password", PASSWORD), ("page", "//evil.example")];
    let led = dana.submit("type_password", &elsewhere).await;
    assert_eq!(led.header("location"), SETTINGS);
    assert!(!page().await.contains(PANEL));
}
