//! A site that counts only friends who confirmed their e-mail address.

use domain::referral::ReferralStatus;
use store::{referrals, sites, users};

use crate::support::{Referred, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_friend_counts_once_the_address_is_confirmed,
    the_first_purchase_counts_of_two,
    what_waits_is_decided_when_the_site_stops_asking,
    what_did_not_earn_then_can_be_decided_again,
    by_default_all_friends_count,
);

const SETTING: &str = "count_confirmed_friends";

/// Jane has not confirmed her address, and the site asks for it.
async fn asking(app: &TestApp) -> Referred {
    let referred = app.referred().await;
    let dana = app.detroit_admin().await;
    dana.done(SETTING, &[("only", "on")]).await;
    referred
}

async fn status(app: &TestApp, referred: &Referred) -> ReferralStatus {
    let db = app.state.db.reader();
    let row = referrals::of_referred(db, app.detroit.id(), referred.jane.id);
    *row.await.unwrap().unwrap().status
}

/// Jane opens the link in her mail.
async fn confirm(app: &TestApp, referred: &Referred) {
    app.advance(std::time::Duration::from_secs(60));
    let jane = app.signed_in(&referred.jane.email).await;
    jane.done("mail_confirmation", &[]).await;
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == "Confirm your email address");
    let link = mails.pop().unwrap();
    let link = link.link("/confirm-email?token=").unwrap();
    let token = [("token", link.split_once("token=").unwrap().1)];
    let done = app.browser().fetch("confirm_email", &token).await.text;
    assert!(done.contains("is confirmed"), "{done}");
    app.run_jobs().await;
}

async fn a_friend_counts_once_the_address_is_confirmed(app: TestApp) {
    let referred = asking(&app).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    assert_eq!(status(&app, &referred).await, ReferralStatus::Pending);
    let mia = app.signed_in(&referred.mia.email).await;
    let card = mia.get("/dashboard").await.text;
    assert!(
        card.contains("You earn once they confirm their email address"),
        "{card}"
    );
    let dana = app.signed_in("dana@example.com").await;
    let table = dana.get("/admin/referrals").await.text;
    assert!(
        table.contains("Has not confirmed the email address"),
        "{table}"
    );
    confirm(&app, &referred).await;
    app.assert_credited_once(&referred.mia).await;
}

async fn the_first_purchase_counts_of_two(app: TestApp) {
    let referred = asking(&app).await;
    let first = app.sell(&referred).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    confirm(&app, &referred).await;
    app.assert_credited_once(&referred.mia).await;
    let db = app.state.db.reader();
    let row = referrals::of_referred(db, app.detroit.id(), referred.jane.id);
    assert_eq!(row.await.unwrap().unwrap().purchase_id, Some(first));
}

async fn what_waits_is_decided_when_the_site_stops_asking(app: TestApp) {
    let referred = asking(&app).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    let dana = app.signed_in("dana@example.com").await;
    dana.done(SETTING, &[("only", "")]).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
    let log = dana.get("/admin/settings?tab=audit").await.text;
    assert!(log.contains("Friends who count"), "{log}");
}

/// The program is off when Jane confirms her address, and she bought twice before.
async fn what_did_not_earn_then_can_be_decided_again(app: TestApp) {
    let referred = asking(&app).await;
    app.sell(&referred).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    let (db, site_id) = (app.state.db.writer(), app.detroit.id());
    sites::set_tenant_credit(db, site_id, 0).await.unwrap();
    confirm(&app, &referred).await;
    assert_eq!(status(&app, &referred).await, ReferralStatus::Pending);
    sites::set_tenant_credit(db, site_id, 1000).await.unwrap();
    let row = referrals::of_referred(app.state.db.reader(), site_id, referred.jane.id);
    let id = row.await.unwrap().unwrap().id.to_string();
    let dana = app.signed_in("dana@example.com").await;
    let fields = [("program", "tenant"), ("id", id.as_str())];
    dana.done("decide_again", &fields).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}

async fn by_default_all_friends_count(app: TestApp) {
    let referred = app.referred().await;
    let db = app.state.db.reader();
    let jane = users::by_id(db, app.detroit.id(), referred.jane.id).await;
    assert_eq!(jane.unwrap().unwrap().email_confirmed_at, None);
    app.sell(&referred).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}
