//! Settings that a process refuses, and what it says of those that do not fit its database.

use server_core::config::Config;

use super::program::{ANYWHERE, Process};
use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    another_secret_is_told_at_the_start,
    while_the_secret_is_replaced_nothing_is_amiss,
    settings_that_give_secrets_away_are_refused,
    what_the_security_log_says_is_a_line_too,
);

async fn another_secret_is_told_at_the_start(app: TestApp) {
    app.referred().await;
    let config = Config {
        app_secret: "another secret, 32 characters long".to_owned(),
        ..Config::clone(&app.state.config)
    };
    let process = Process::serve(&config, ANYWHERE, &[]);
    process.says("APP_SECRET is not the one").await;
    process.address().await;
    process.kill().await;
    let process = Process::serve(&app.state.config, ANYWHERE, &[]);
    process.address().await;
    assert!(!process.output().contains("APP_SECRET"));
    process.kill().await;
}

async fn while_the_secret_is_replaced_nothing_is_amiss(app: TestApp) {
    app.referred().await;
    let config = Config {
        app_secret: "another secret, 32 characters long".to_owned(),
        app_secret_old: Some(app.state.config.app_secret.clone()),
        ..Config::clone(&app.state.config)
    };
    let process = Process::serve(&config, ANYWHERE, &[]);
    process.says("APP_SECRET_OLD opens too").await;
    process.address().await;
    assert!(!process.output().contains("APP_SECRET is not the one"));
    process.kill().await;
    let twice = Config {
        app_secret_old: Some(config.app_secret.clone()),
        ..config
    };
    let told = Process::serve(&twice, ANYWHERE, &[]).fails().await;
    assert!(told.contains("APP_SECRET_OLD is the same"), "{told}");
}

async fn settings_that_give_secrets_away_are_refused(app: TestApp) {
    let config = || Config::clone(&app.state.config);
    let easy = Config {
        app_secret: "a".repeat(32),
        ..config()
    };
    let told = Process::serve(&easy, ANYWHERE, &[]).fails().await;
    assert!(told.contains("APP_SECRET is too easy to guess"), "{told}");
    let elsewhere = Config {
        stripe_api_base: "http://10.0.0.7:4242/".to_owned(),
        ..config()
    };
    let told = Process::serve(&elsewhere, ANYWHERE, &[]).fails().await;
    assert!(told.contains("STRIPE_API_BASE"), "{told}");
}

/// It can be collected where whoever changes the database cannot change it.
async fn what_the_security_log_says_is_a_line_too(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let process = Process::serve(&app.state.config, ANYWHERE, &[]);
    let browser = Browser::new("localhost", process.address().await);
    browser.sign_in(&mia.email).await;
    process.says("log=\"security\"").await;
    let output = process.output();
    assert!(output.contains(&format!("member={} ", mia.id)), "{output}");
    assert!(!output.contains("mia@"), "{output}");
    process.kill().await;
}
