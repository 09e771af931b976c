//! Mails about referrals, and how to get none.

use domain::mail::MailTopic;
use mailbox::ReceivedMail;
use reqwest::Method;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use store::{entities::user, users};

use crate::support::{CODE, Page, TestApp, on_both_databases, subscription};

on_both_databases!(
    with mail:
    a_referrer_hears_of_a_friend_and_of_a_credit,
    a_referrer_who_is_named_afterwards_hears_of_it_too,
    who_unsubscribes_hears_no_more,
    a_mail_program_unsubscribes_with_one_click,
    a_link_of_another_member_unsubscribes_nobody,
    a_link_from_before_a_backup_unsubscribes_nobody_else,
    a_member_chooses_in_the_account,
    a_platform_referrer_is_welcomed_and_hears_of_a_credit,
);

const JOINED: &str = "A friend joined through your link";
const EARNED: &str = "You earned a credit";

async fn mails(app: &TestApp, subject: &str) -> Vec<ReceivedMail> {
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == subject);
    mails
}

fn header(mail: &ReceivedMail, name: &str) -> Option<String> {
    let raw = mail.raw.replace("\r\n ", "").replace("\r\n\t", "");
    let line = raw.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(": ").unwrap().1.trim().to_owned())
}

async fn a_referrer_hears_of_a_friend_and_of_a_credit(app: TestApp) {
    let referred = app.referred().await;
    let joined = mails(&app, JOINED).await;
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].to, [referred.mia.email.as_str()]);
    assert!(
        joined[0]
            .text
            .contains("Jane D. registered at Detroit Arms"),
        "{}",
        joined[0].text
    );
    assert!(joined[0].text.contains("$10.00"));
    app.sell(&referred).await;
    app.run_jobs().await;
    let earned = mails(&app, EARNED).await;
    assert_eq!(earned.len(), 1);
    assert_eq!(earned[0].to, [referred.mia.email.as_str()]);
    assert!(earned[0].link("/credits").is_some());
    let post = header(&earned[0], "List-Unsubscribe-Post").unwrap();
    assert_eq!(post, "List-Unsubscribe=One-Click");
}

async fn a_referrer_who_is_named_afterwards_hears_of_it_too(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let dana = app.detroit_admin().await;
    let id = jane.id.to_string();
    let form = [
        ("member_id", id.as_str()),
        ("referrer", &mia.email),
        ("reason", "They came together"),
    ];
    dana.done("attach_referrer", &form).await;
    let joined = mails(&app, "A friend was added to your referrals").await;
    assert_eq!(joined.len(), 1);
    assert_eq!(joined[0].to, [mia.email.as_str()]);
    assert!(joined[0].text.contains("Jane S."), "{}", joined[0].text);
}

async fn who_unsubscribes_hears_no_more(app: TestApp) {
    let referred = app.referred().await;
    let joined = mails(&app, JOINED).await;
    let link = joined[0].link("/unsubscribe?").unwrap();
    let query = link.split_once('?').unwrap().1.to_owned();
    let browser = app.browser();
    let page = browser.get(&format!("/unsubscribe?{query}")).await.text;
    assert!(page.contains("when a friend joins"), "{page}");
    let parts: Vec<_> = query
        .split('&')
        .map(|part| part.split_once('=').unwrap())
        .collect();
    assert!(
        browser
            .done("unsubscribe", &parts)
            .await
            .contains("no longer get these emails")
    );
    app.sell(&referred).await;
    app.run_jobs().await;
    assert!(mails(&app, EARNED).await.is_empty());
    app.assert_credited_once(&referred.mia).await;
}

async fn a_mail_program_unsubscribes_with_one_click(app: TestApp) {
    let referred = app.referred().await;
    let joined = mails(&app, JOINED).await;
    let address = header(&joined[0], "List-Unsubscribe").unwrap();
    let address = address.trim_start_matches('<').trim_end_matches('>');
    let path = &address[address.find("/unsubscribe/one-click").unwrap()..];
    let post = async |path: &str| {
        let request = app.browser().request(Method::POST, path);
        let request = request
            .header("content-type", "application/x-www-form-urlencoded")
            .body("List-Unsubscribe=One-Click");
        Page::read(request.send().await).await.status
    };
    // A person who opens it gets the page with the button.
    let opened = app.browser().get(path).await;
    assert!(
        opened
            .header("location")
            .starts_with("/unsubscribe?member=")
    );
    let mia = app.find(&app.detroit, &referred.mia.email).await.unwrap();
    assert!(
        !mia.mutes(MailTopic::Referrals),
        "opening it changes nothing"
    );
    assert_eq!(post(&path.replace("key=", "key=0")).await, 404);
    assert_eq!(post(path).await, 200);
    let mia = app.find(&app.detroit, &referred.mia.email).await.unwrap();
    assert!(mia.mutes(MailTopic::Referrals));
}

async fn a_link_of_another_member_unsubscribes_nobody(app: TestApp) {
    let referred = app.referred().await;
    let joined = mails(&app, JOINED).await;
    let link = joined[0].link("/unsubscribe?").unwrap();
    let (mia, jane) = (referred.mia.id, referred.jane.id);
    let forged = link.replace(&format!("member={mia}"), &format!("member={jane}"));
    assert_ne!(link, forged);
    let query = forged.split_once('?').unwrap().1;
    let page = app
        .browser()
        .get(&format!("/unsubscribe?{query}"))
        .await
        .text;
    assert!(page.contains("This link is not complete"), "{page}");
    let parts: Vec<_> = query
        .split('&')
        .map(|part| part.split_once('=').unwrap())
        .collect();
    let refusal = app.browser().refused("unsubscribe", &parts).await;
    assert!(refusal.message.is_some());
    let db = app.state.db.reader();
    let jane = users::by_id(db, app.detroit.id(), jane).await.unwrap();
    assert!(!jane.unwrap().mutes(MailTopic::Referrals));
}

/// A restored backup gives an id that was used since to the next member who registers.
async fn a_link_from_before_a_backup_unsubscribes_nobody_else(app: TestApp) {
    let referred = app.referred().await;
    let joined = mails(&app, JOINED).await;
    let link = joined[0].link("/unsubscribe?").unwrap();
    let another = user::Entity::update_many()
        .col_expr(user::Column::Token, Expr::value("another"))
        .filter(user::Column::Id.eq(referred.mia.id));
    another.exec(app.state.db.writer()).await.unwrap();
    let query = link.split_once('?').unwrap().1;
    let page = app.browser().get(&format!("/unsubscribe?{query}")).await;
    assert!(page.text.contains("This link is not complete"));
}

async fn a_member_chooses_in_the_account(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let browser = app.signed_in("mia@example.com").await;
    let mutes = async || {
        let mia = app.find(&app.detroit, "mia@example.com").await.unwrap();
        mia.mutes(MailTopic::Referrals)
    };
    browser.done("save_mail_preferences", &[]).await;
    assert!(mutes().await);
    let on = [("referrals", "on")];
    browser.done("save_mail_preferences", &on).await;
    assert!(!mutes().await);
}

async fn a_platform_referrer_is_welcomed_and_hears_of_a_credit(app: TestApp) {
    let platform = app.platform().await;
    let jordan = &platform.jordan;
    let welcome = mails(&app, "Your referral link").await;
    assert_eq!(welcome.len(), 1);
    assert_eq!(welcome[0].to, [jordan.email.as_str()]);
    let code = format!("/pricing?ref={}", jordan.code);
    assert!(welcome[0].link(&code).is_some(), "{}", welcome[0].text);
    assert!(
        welcome[0].link("/referrer").is_some(),
        "{}",
        welcome[0].text
    );
    assert_eq!(header(&welcome[0], "List-Unsubscribe"), None);
    let session = subscription(
        "cs_1",
        &platform.pewpros,
        "club@example.com",
        Some(&jordan.code),
    );
    app.subscribe(&platform, session).await;
    app.assert_partner_credited_once().await;
    let earned = mails(&app, EARNED).await;
    assert_eq!(earned.len(), 1);
    assert_eq!(earned[0].to, [jordan.email.as_str()]);
    assert!(earned[0].text.contains("$50.00"), "{}", earned[0].text);
    assert!(earned[0].link("/referrer").is_some(), "{}", earned[0].text);
}
