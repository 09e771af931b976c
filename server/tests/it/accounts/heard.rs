//! Mails that tell admins of what happened to them and to their site.

use mailbox::ReceivedMail;
use services::operator;

use crate::support::{STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    with mail:
    an_admin_hears_of_a_sign_in,
    every_admin_of_a_site_hears_that_its_stripe_keys_changed,
    what_changes_nothing_tells_nobody,
);

const DANA: &str = "dana@detroitarms.com";
const OMAR: &str = "omar@detroitarms.com";
const CHANGED: &str = "The connection to Stripe was changed";

async fn mails(app: &TestApp, subject: &str) -> Vec<ReceivedMail> {
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == subject);
    mails
}

fn heard(mails: &[ReceivedMail]) -> Vec<String> {
    let mut heard: Vec<_> = mails.iter().flat_map(|mail| mail.to.clone()).collect();
    heard.sort();
    heard
}

async fn an_admin_hears_of_a_sign_in(app: TestApp) {
    app.admin(&app.detroit, DANA).await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.browser().sign_in("mia@example.com").await;
    let dana = app.browser();
    dana.sign_in(DANA).await;
    // Not again in the same browser.
    dana.sign_in(DANA).await;
    let wrong = [("email", DANA), ("password", "wrong password")];
    app.browser().fetch("sign_in", &wrong).await;
    let told = mails(&app, "New sign-in to your account").await;
    assert_eq!(heard(&told), [DANA]);
    let text = &told[0].text;
    assert!(text.contains("from the network 127.0.0."), "{text}");
    assert!(told[0].link("/account").is_some());
}

async fn every_admin_of_a_site_hears_that_its_stripe_keys_changed(app: TestApp) {
    let dana = app.browser();
    app.admin(&app.detroit, DANA).await;
    app.admin(&app.detroit, OMAR).await;
    app.admin(&app.coaching, "cole@example.com").await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    dana.sign_in(DANA).await;
    let keys = [
        ("secret_key", STRIPE_KEY),
        ("webhook_secrets", WEBHOOK_SECRET),
    ];
    dana.done("connect_stripe", &keys).await;
    let connected = mails(&app, CHANGED).await;
    assert_eq!(heard(&connected), [DANA, OMAR]);
    let text = &connected[0].text;
    assert!(text.contains("Dana Stone connected Stripe"), "{text}");
    assert!(!text.contains(STRIPE_KEY), "never a key: {text}");

    operator::disconnect_stripe(&app.state, "detroit-arms")
        .await
        .unwrap();
    let told = mails(&app, CHANGED).await.split_off(connected.len());
    assert_eq!(heard(&told), [DANA, OMAR]);
    let text = &told[0].text;
    assert!(
        text.contains("The operator of the server disconnected Stripe"),
        "{text}"
    );
    assert!(text.contains("No payment can be taken"), "{text}");
    assert!(!text.contains("that key"), "{text}");
}

async fn what_changes_nothing_tells_nobody(app: TestApp) {
    app.admin(&app.detroit, DANA).await;
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    assert_eq!(mails(&app, CHANGED).await.len(), 1);
    let same = [WEBHOOK_SECRET.to_owned()];
    let keys = operator::StripeKeys {
        secret_key: STRIPE_KEY,
        webhook_secrets: &same,
        ..operator::StripeKeys::default()
    };
    operator::connect_stripe(&app.state, "detroit-arms", &keys)
        .await
        .unwrap();
    assert_eq!(mails(&app, CHANGED).await.len(), 1);
}
