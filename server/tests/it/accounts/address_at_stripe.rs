//! A member's changed address reaches their Stripe customer, for its receipts.

use services::{
    accounts::{Client, address},
    jobs::sweep,
};
use stripe_stand_in::{Fault, FaultKind};

use crate::support::{PASSWORD, Referred, STRIPE_KEY, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_changed_address_is_told,
    it_is_told_later_if_stripe_does_not_answer,
    a_billing_address_stays,
    an_address_that_its_owner_took_back_is_removed_once,
);

const NEW: &str = "mia.new@example.com";

fn address_at_stripe(app: &TestApp) -> serde_json::Value {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    objects["customers"][0]["email"].clone()
}

async fn sweep(app: &TestApp) {
    sweep::round(&app.state).await.unwrap();
}

/// Mia has a customer at Stripe, and then a new address.
async fn changed(app: &TestApp) -> Referred {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    assert_eq!(address_at_stripe(app), referred.mia.email);
    change(app, &referred, NEW).await;
    referred
}

async fn change(app: &TestApp, referred: &Referred, to: &str) {
    let (state, site) = (&app.state, &app.detroit);
    let mia = app.find(site, &referred.mia.email).await.unwrap();
    let asked = address::ask_to_change(state, site, &mia, (to, PASSWORD)).await;
    assert!(asked.unwrap().is_ok());
    app.run_jobs().await;
    let mail = app.mailbox.mails().pop().unwrap();
    let link = mail.link("/confirm-email?token=").unwrap();
    let token = link.split_once("token=").unwrap().1;
    let client = Client {
        address: [127, 0, 0, 1].into(),
        name: "Firefox on Linux",
        device_token: None,
    };
    let confirmed = address::confirm(state, site, token, client).await;
    assert!(matches!(confirmed.unwrap(), address::Confirmed::Changed(_)));
    app.run_jobs().await;
}

async fn a_changed_address_is_told(app: TestApp) {
    let referred = changed(&app).await;
    assert_eq!(address_at_stripe(&app), referred.mia.email);
    sweep(&app).await;
    assert_eq!(address_at_stripe(&app), NEW);
    // Once is enough.
    let requests = app.stripe.requests().len();
    sweep(&app).await;
    assert_eq!(app.stripe.requests().len(), requests);
}

async fn it_is_told_later_if_stripe_does_not_answer(app: TestApp) {
    changed(&app).await;
    let silent = Fault::next(FaultKind::FailBefore).on("POST", "/v1/customers");
    app.stripe.fault(silent);
    sweep(&app).await;
    assert_ne!(address_at_stripe(&app), NEW);
    sweep(&app).await;
    assert_eq!(address_at_stripe(&app), NEW);
}

async fn an_address_that_its_owner_took_back_is_removed_once(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    let form = [("email", referred.mia.email.as_str())];
    app.browser().fetch("forgot_password", &form).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mail = app.mailbox.mails().pop().unwrap();
    let link = mail.link("/reset-password?token=").unwrap();
    let form = [("token", link.split_once("token=").unwrap().1)];
    app.browser().done("take_back_address", &form).await;
    sweep(&app).await;
    assert!(address_at_stripe(&app).is_null());
    let requests = app.stripe.requests().len();
    sweep(&app).await;
    assert_eq!(app.stripe.requests().len(), requests);
}

async fn a_billing_address_stays(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    let dana = app.detroit_admin().await;
    let member = referred.mia.id.to_string();
    let fields = [
        ("member_id", member.as_str()),
        ("billing_email", "mia.pays@example.com"),
    ];
    dana.done("set_billing_email", &fields).await;
    change(&app, &referred, NEW).await;
    sweep(&app).await;
    assert_eq!(address_at_stripe(&app), "mia.pays@example.com");
}
