//! A forgotten password: a mail with a link, which works once.

use std::time::Duration;

use domain::mail::MailState;
use mailbox::{Fault, ReceivedMail};
use sea_orm::EntityTrait;
use services::{jobs, operator::detach, queue::Job};
use store::entities::{mail, password_reset};

use crate::support::{Browser, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_link_resets_the_password_once,
    whoever_asks_learns_nothing,
    a_link_leads_to_the_site_whatever_host_was_sent,
    a_link_ends_after_an_hour,
    a_link_of_one_site_is_worth_nothing_at_another,
    a_bad_new_password_keeps_the_link,
    other_sessions_and_phones_end,
    nobody_is_mailed_without_end,
    of_two_who_use_a_link_at_once_one_does,
    a_mail_is_sent_again_until_it_is_taken,
    a_refused_mail_is_given_up,
    a_link_is_stored_nowhere,
    two_jobs_send_a_mail_once,
    a_detached_copy_mails_nobody,
    a_mail_whose_job_died_is_sent_later,
);

const MIA: &str = "mia@example.com";
const NEW: &str = "walnut carousel 77 delta";

async fn ask(app: &TestApp, email: &str) -> String {
    let answer = app
        .browser()
        .fetch("forgot_password", &[("email", email)])
        .await;
    answer.text
}

/// The token of the link in a mail.
fn token(mail: &ReceivedMail) -> String {
    let link = mail.link("/reset-password?token=").expect("a link");
    link.split_once("token=").unwrap().1.to_owned()
}

/// Mia asks for a link; returns the token in her mail.
async fn mailed(app: &TestApp) -> String {
    app.member(&app.detroit, "Mia", MIA).await;
    ask(app, MIA).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mails = app.mailbox.mails();
    assert_eq!(mails.len(), 1);
    token(&mails[0])
}

async fn reset(browser: &Browser, token: &str, password: &str) -> String {
    let form = [("token", token), ("password", password)];
    browser.fetch("reset_password", &form).await.text
}

async fn signs_in(app: &TestApp, password: &str) -> bool {
    let form = [("email", MIA), ("password", password)];
    let answer = app.browser().fetch("sign_in", &form).await.text;
    answer.contains("/dashboard")
}

async fn mails(app: &TestApp) -> Vec<mail::Model> {
    let rows = mail::Entity::find().all(app.state.db.reader()).await;
    rows.unwrap()
}

async fn a_link_resets_the_password_once(app: TestApp) {
    let token = mailed(&app).await;
    let mail = app.mailbox.mails().remove(0);
    assert_eq!(mail.subject, "Reset your password");
    assert_eq!(mail.from, "Detroit Arms <no-reply@pewpros.example>");
    assert_eq!(mail.to, [MIA]);
    assert!(mail.text.contains("Hello Mia,"), "{}", mail.text);
    assert!(mail.html.contains(&token), "{}", mail.html);
    assert!(mail.raw.contains("Auto-Submitted: auto-generated"));
    let page = format!("/reset-password?token={token}");
    let opened = app.browser().get(&page).await;
    assert!(opened.text.contains("Choose a new password"));

    let done = reset(&app.browser(), &token, NEW).await;
    assert!(done.contains("Your password was changed"), "{done}");
    assert!(signs_in(&app, NEW).await && !signs_in(&app, PASSWORD).await);
    let again = reset(&app.browser(), &token, "another walnut 88 carousel").await;
    assert!(again.contains("no longer works"), "{again}");
    assert!(signs_in(&app, NEW).await);
    let opened = app.browser().get(&page).await;
    assert!(opened.text.contains("This link no longer works"));

    app.run_jobs().await;
    let told = app.mailbox.mails().pop().unwrap();
    assert_eq!(told.subject, "Your password was changed");
    assert!(told.link("/forgot-password").is_some());
}

/// With a port of their own, whoever asks would get the link's token once it is opened.
async fn a_link_leads_to_the_site_whatever_host_was_sent(app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    let asked = app
        .browser()
        .request(reqwest::Method::POST, "/rpc/forgot_password")
        .header("host", "localhost:4444")
        .header("origin", "http://localhost:4444")
        .header("accept", "application/json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(format!("email={MIA}"));
    assert_eq!(asked.send().await.unwrap().status(), 200);
    app.run_jobs().await;
    app.run_jobs().await;
    let mail = app.mailbox.mails().remove(0);
    assert!(!mail.text.contains("4444"), "{}", mail.text);
    assert!(mail.link("/reset-password?token=").is_some());
}

async fn whoever_asks_learns_nothing(app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    let known = ask(&app, MIA).await;
    let unknown = ask(&app, "nobody@example.com").await;
    assert_eq!(known, unknown);
    assert!(
        known.contains("If there is an account with this address"),
        "{known}"
    );
    let bad = ask(&app, "mia").await;
    assert!(bad.contains("Enter an email address like"), "{bad}");
    app.run_jobs().await;
    app.run_jobs().await;
    let mails = app.mailbox.mails();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].to, [MIA]);
}

async fn a_link_ends_after_an_hour(app: TestApp) {
    let token = mailed(&app).await;
    app.advance(Duration::from_secs(60 * 60));
    let late = reset(&app.browser(), &token, NEW).await;
    assert!(late.contains("no longer works"), "{late}");
    assert!(signs_in(&app, PASSWORD).await);
}

async fn a_link_of_one_site_is_worth_nothing_at_another(app: TestApp) {
    let token = mailed(&app).await;
    app.member(&app.coaching, "Mia", MIA).await;
    let elsewhere = reset(&app.browser_at("coaching.localhost"), &token, NEW).await;
    assert!(elsewhere.contains("no longer works"), "{elsewhere}");
    assert!(
        reset(&app.browser(), &token, NEW)
            .await
            .contains("was changed")
    );
    app.run_jobs().await;
}

async fn a_bad_new_password_keeps_the_link(app: TestApp) {
    let token = mailed(&app).await;
    let short = reset(&app.browser(), &token, "short").await;
    assert!(
        short.contains("password") && !short.contains("was changed"),
        "{short}"
    );
    let guessed = reset(&app.browser(), &token, "password123").await;
    assert!(guessed.contains("easy to guess"), "{guessed}");
    let known = reset(&app.browser(), &token, "Summer2026!").await;
    assert!(known.contains("words about you"), "{known}");
    assert!(signs_in(&app, PASSWORD).await);
    assert!(
        reset(&app.browser(), &token, NEW)
            .await
            .contains("was changed")
    );
    app.run_jobs().await;
}

async fn other_sessions_and_phones_end(app: TestApp) {
    let token = mailed(&app).await;
    let (browser, phone) = (app.signed_in(MIA).await, app.phone_of(MIA).await);
    assert_eq!(phone.get("/api/v1/me").await.status, 200);
    reset(&app.browser(), &token, NEW).await;
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    let page = browser.get("/dashboard").await;
    assert!(!page.text.contains("Refer a Friend"), "{}", page.text);
    app.run_jobs().await;
}

async fn nobody_is_mailed_without_end(app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    for _ in 0..5 {
        ask(&app, MIA).await;
    }
    app.run_jobs().await;
    app.run_jobs().await;
    assert_eq!(app.mailbox.mails().len(), 3);
    app.advance(Duration::from_secs(61 * 60));
    ask(&app, MIA).await;
    app.run_jobs().await;
    app.run_jobs().await;
    assert_eq!(app.mailbox.mails().len(), 4);
}

async fn of_two_who_use_a_link_at_once_one_does(app: TestApp) {
    let token = mailed(&app).await;
    let (one, other) = (app.browser(), app.browser());
    let both = tokio::join!(
        reset(&one, &token, NEW),
        reset(&other, &token, "another walnut 88 carousel")
    );
    let done = [both.0, both.1]
        .iter()
        .filter(|answer| answer.contains("was changed"))
        .count();
    assert_eq!(done, 1);
    app.run_jobs().await;
    assert_eq!(app.mailbox.mails().len(), 2);
}

async fn a_mail_is_sent_again_until_it_is_taken(app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    for fault in [Fault::HangUp, Fault::TryLater, Fault::LoseAnswer] {
        app.mailbox.fault(fault);
    }
    ask(&app, MIA).await;
    app.run_jobs().await;
    for _ in 0..4 {
        app.run_jobs().await;
        app.sweep_after(Duration::from_secs(3 * 60)).await;
    }
    assert_eq!(app.mailbox.unused_faults(), 0);
    let taken = app.mailbox.mails();
    assert_eq!(taken.len(), 2, "the answer to the first was lost");
    assert_eq!(taken[0].message_id, taken[1].message_id);
    let row = mails(&app).await.remove(0);
    assert_eq!((*row.state, row.attempts), (MailState::Sent, 3));
    assert_eq!((row.sealed_body, row.next_attempt_at), (None, None));
}

async fn a_refused_mail_is_given_up(app: TestApp) {
    app.member(&app.detroit, "Mia", MIA).await;
    app.mailbox.fault(Fault::RefuseRecipient);
    ask(&app, MIA).await;
    app.run_jobs().await;
    app.run_jobs().await;
    let row = mails(&app).await.remove(0);
    assert_eq!((*row.state, row.attempts), (MailState::Failed, 1));
    assert!(row.error.unwrap().contains("no such user"));
    assert_eq!(row.sealed_body, None);
    assert!(app.mailbox.mails().is_empty());
}

async fn a_link_is_stored_nowhere(app: TestApp) {
    app.mailbox.fault(Fault::LoseAnswer);
    let token = mailed(&app).await;
    let due = mails(&app).await.remove(0);
    assert_eq!(*due.state, MailState::Due);
    assert!(!format!("{due:?}").contains(&token));
    let resets = password_reset::Entity::find().all(app.state.db.reader());
    assert!(!format!("{:?}", resets.await.unwrap()).contains(&token));
    app.leave_jobs();
}

/// Mia's mail is in the outbox, and its job not done.
async fn due(app: &TestApp) -> (mail::Model, Job) {
    app.member(&app.detroit, "Mia", MIA).await;
    ask(app, MIA).await;
    app.run_jobs().await;
    let mail = mails(app).await.remove(0);
    let job = Job::SendMail {
        mail_id: mail.id,
        attempt: 0,
    };
    (mail, job)
}

async fn two_jobs_send_a_mail_once(app: TestApp) {
    let (_, job) = due(&app).await;
    let both = tokio::join!(
        jobs::perform(&app.state, &job),
        jobs::perform(&app.state, &job)
    );
    assert!(both.0.is_ok() && both.1.is_ok());
    assert_eq!(app.mailbox.mails().len(), 1);
}

async fn a_detached_copy_mails_nobody(app: TestApp) {
    let (_, job) = due(&app).await;
    detach::detach(&app.state, true).await.unwrap();
    jobs::perform(&app.state, &job).await.unwrap();
    app.sweep_after(Duration::from_secs(5 * 60)).await;
    assert!(app.mailbox.mails().is_empty());
    assert!(mails(&app).await.is_empty());
}

async fn a_mail_whose_job_died_is_sent_later(app: TestApp) {
    let (mail, _) = due(&app).await;
    let until = app.state.now() + time::Duration::minutes(2);
    let claimed = store::mails::claim(app.state.db.writer(), &mail, until).await;
    assert!(claimed.unwrap());
    app.sweep_after(Duration::from_secs(60)).await;
    assert!(app.mailbox.mails().is_empty(), "the job may be at it");
    app.sweep_after(Duration::from_secs(2 * 60)).await;
    assert_eq!(app.mailbox.mails().len(), 1);
}

#[tokio::test]
async fn without_a_mail_server_the_page_says_so() {
    let configure = |config: &mut server_core::config::Config| {
        config.smtp_url = None;
        config.mail_from = None;
    };
    let app = TestApp::configured(configure).await;
    app.member(&app.detroit, "Mia", MIA).await;
    let page = app.browser().get("/forgot-password").await.text;
    assert!(page.contains("Detroit Arms cannot send email"), "{page}");
    let answer = ask(&app, MIA).await;
    assert!(answer.contains("cannot send email"), "{answer}");
}
