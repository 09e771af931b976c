//! The daily mail about what needs an admin's attention.

use std::time::Duration;

use domain::mail::MailTopic;
use mailbox::{Fault, ReceivedMail};
use services::jobs::sweep;
use store::users;

use crate::support::{GOOD_FORM, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    admins_are_mailed_once_a_day,
    where_all_is_well_nobody_is_mailed,
    an_admin_can_do_without,
);

const SUBJECT: &str = "Something needs your attention";
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn digests(app: &TestApp) -> Vec<ReceivedMail> {
    sweep::round(&app.state).await.unwrap();
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == SUBJECT);
    mails
}

/// A mail to Jane, who registers, cannot be delivered.
async fn undelivered(app: &TestApp) {
    app.run_jobs().await;
    app.browser().go("register", &GOOD_FORM).await;
    app.mailbox.fault(Fault::RefuseRecipient);
    app.run_jobs().await;
    assert_eq!(app.mailbox.unused_faults(), 0);
}

async fn admins_are_mailed_once_a_day(app: TestApp) {
    app.stop_our_clock();
    app.admin(&app.detroit, "dana@example.com").await;
    app.admin(&app.detroit, "omar@example.com").await;
    app.admin(&app.coaching, "cole@example.com").await;
    assert!(digests(&app).await.is_empty());
    undelivered(&app).await;
    // A program where all was well is looked at again after an hour.
    assert!(digests(&app).await.is_empty());
    app.advance(HOUR);
    let mailed = digests(&app).await;
    let mut to: Vec<_> = mailed.iter().flat_map(|mail| mail.to.clone()).collect();
    to.sort();
    assert_eq!(to, ["dana@example.com", "omar@example.com"]);
    let text = &mailed[0].text;
    assert!(text.contains("1 email could not be delivered."), "{text}");
    assert!(mailed[0].link("/admin/mail").is_some(), "{text}");
    app.advance(HOUR * 23);
    assert_eq!(digests(&app).await.len(), 2);
    app.advance(HOUR);
    assert_eq!(digests(&app).await.len(), 4);
}

async fn where_all_is_well_nobody_is_mailed(app: TestApp) {
    app.stop_our_clock();
    app.admin(&app.detroit, "dana@example.com").await;
    for _ in 0..3 {
        assert!(digests(&app).await.is_empty());
        app.advance(HOUR * 24);
    }
}

async fn an_admin_can_do_without(app: TestApp) {
    app.stop_our_clock();
    let dana = app.detroit_admin().await;
    dana.done("save_mail_preferences", &[("referrals", "on")])
        .await;
    undelivered(&app).await;
    assert!(digests(&app).await.is_empty());
    let member = app.find(&app.detroit, "dana@example.com").await.unwrap();
    assert!(member.mutes(MailTopic::Attention) && !member.mutes(MailTopic::Referrals));

    // By the link of such a mail, too.
    let all = [("referrals", "on"), ("attention", "on")];
    dana.done("save_mail_preferences", &all).await;
    app.advance(HOUR * 24);
    let mailed = digests(&app).await;
    let link = mailed[0].link("/unsubscribe?").unwrap();
    let query = link.split_once('?').unwrap().1;
    let page = app
        .browser()
        .get(&format!("/unsubscribe?{query}"))
        .await
        .text;
    assert!(page.contains("what needs your attention"), "{page}");
    let parts: Vec<_> = query
        .split('&')
        .map(|part| part.split_once('=').unwrap())
        .collect();
    app.browser().done("unsubscribe", &parts).await;
    let db = app.state.db.reader();
    let member = users::by_id(db, app.detroit.id(), member.id).await.unwrap();
    assert!(member.unwrap().mutes(MailTopic::Attention));
}
