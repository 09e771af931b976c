//! From which address the mail of a site is sent.

use std::process::Command;

use mailbox::ReceivedMail;
use services::operator::mail_from::set_mail_from;

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_site_has_a_sender_of_its_own,
    an_address_alone_has_the_sites_name,
    what_is_no_address_is_refused,
);

const OWN: &str = "Detroit Arms Desk <hello@detroitarms.example>";
const INSTALLATIONS: &str = "Detroit Arms <no-reply@pewpros.example>";

async fn set(app: &TestApp, address: &str) -> anyhow::Result<String> {
    set_mail_from(&app.state, "detroit-arms", address).await
}

/// Mia forgets her password at the site; returns her mail.
async fn mailed(app: &TestApp, browser: &Browser) -> ReceivedMail {
    let form = [("email", "mia@example.com")];
    browser.done("forgot_password", &form).await;
    app.run_jobs().await;
    app.run_jobs().await;
    app.mailbox.mails().pop().expect("a mail")
}

async fn a_site_has_a_sender_of_its_own(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    app.member(&app.coaching, "Mia", "mia@example.com").await;
    let said = set(&app, &format!(" {OWN} ")).await.unwrap();
    assert_eq!(said, format!("Mail of Detroit Arms is sent from {OWN}."));
    let mail = mailed(&app, &app.browser()).await;
    assert_eq!(mail.from, OWN);
    assert_eq!(mail.envelope_from, "hello@detroitarms.example");
    assert!(mail.message_id.ends_with("@detroitarms.example"));
    let coaching = app.browser_at("coaching.localhost");
    let mail = mailed(&app, &coaching).await;
    assert_eq!(mail.from, "Motor City Coaching <no-reply@pewpros.example>");
    let row = app.audit_rows().await.pop().unwrap();
    assert_eq!(
        (
            row.site_id,
            row.field.as_str(),
            row.old_value,
            row.new_value
        ),
        (
            Some(app.detroit.id()),
            "Sender of mail",
            None,
            Some(OWN.to_owned())
        )
    );
    let said = set(&app, "").await.unwrap();
    assert!(said.contains("MAIL_FROM"), "{said}");
    assert_eq!(mailed(&app, &app.browser()).await.from, INSTALLATIONS);
    let row = app.audit_rows().await.pop().unwrap();
    assert_eq!((row.old_value.as_deref(), row.new_value), (Some(OWN), None));
}

async fn an_address_alone_has_the_sites_name(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    set(&app, "hello@detroitarms.example").await.unwrap();
    let mail = mailed(&app, &app.browser()).await;
    assert_eq!(mail.from, "Detroit Arms <hello@detroitarms.example>");
}

async fn what_is_no_address_is_refused(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let before = app.audit_rows().await.len();
    for address in ["Detroit Arms", "hello@", "a@b.example, c@d.example"] {
        let error = set(&app, address).await.unwrap_err().to_string();
        assert!(error.contains("is no address"), "{error}");
    }
    let unknown = set_mail_from(&app.state, "flint", OWN).await.unwrap_err();
    assert!(unknown.to_string().contains("there is no \"flint\""));
    assert_eq!(app.audit_rows().await.len(), before);
    assert_eq!(mailed(&app, &app.browser()).await.from, INSTALLATIONS);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_says_from_where_mail_is_sent() {
    let app = TestApp::spawn().await;
    let mail_from = |address: &str| {
        let told = Command::new(env!("CARGO_BIN_EXE_server"))
            .args(["mail-from", "--site", "detroit-arms", "--address", address])
            .env_clear()
            .env("DATABASE_URL", &app.state.config.database_url)
            .env("APP_SECRET", &app.state.config.app_secret)
            .output()
            .unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
        (told.status.success(), text(told.stdout), text(told.stderr))
    };
    let (done, out, err) = mail_from(OWN);
    assert!(done, "{err}");
    assert_eq!(out, format!("Mail of Detroit Arms is sent from {OWN}.\n"));
    let (done, out, err) = mail_from("nobody");
    assert!(!done && out.is_empty());
    assert!(err.contains("--address: nobody is no address"), "{err}");
}
