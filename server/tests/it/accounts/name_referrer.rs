//! A member names who referred them, for as long as the site lets them (`docs/rules.md` 193).

use std::time::Duration;

use domain::account::{Role, TenantRole};
use sea_orm::ConnectionTrait;
use store::users;

use crate::support::{Browser, CODE, TestApp, on_both_databases};

on_both_databases!(
    a_site_gives_its_members_days_and_takes_them_back,
    a_member_names_a_friend_once,
    what_does_not_count_stays_in_the_field,
    whoever_bought_or_comes_too_late_cannot,
);

const PAGE: &str = "/account/referrer";
const TAB: &str = "/admin/settings?tab=rewards";
const DAY: Duration = Duration::from_secs(86_400);

async fn allow(app: &TestApp, days: i64) {
    let db = app.state.db.writer();
    store::sites::set_referrer_days(db, app.detroit.id(), days)
        .await
        .unwrap();
}

/// Whether the dashboard leads to the page.
async fn is_offered(browser: &Browser) -> bool {
    let page = browser.get("/dashboard").await;
    assert_eq!(page.status, 200);
    page.text.contains(&format!("href=\"{PAGE}\""))
}

async fn a_site_gives_its_members_days_and_takes_them_back(app: TestApp) {
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.signed_in("jane@example.com").await;
    assert!(!is_offered(&jane).await);
    let page = jane.get(PAGE).await.text;
    assert!(page.contains("does not let members name"), "{page}");
    let dana = app.detroit_admin().await;
    let page = dana.submit("save_referrer_days", &[("days", "91")]).await;
    assert_eq!(page.header("location"), TAB);
    let tab = dana.get(TAB).await.text;
    assert!(tab.contains("days from 1 to 90"), "{tab}");
    assert!(tab.contains("value=\"91\""), "{tab}");
    let done = dana.done("save_referrer_days", &[("days", "7")]).await;
    assert_eq!(done, "Days saved.");
    assert!(is_offered(&jane).await);
    dana.done("save_referrer_days", &[("days", "")]).await;
    assert!(!is_offered(&jane).await);
    let log = app.audit_rows().await;
    let changes: Vec<_> = log
        .iter()
        .map(|row| (row.old_value.as_deref(), row.new_value.as_deref()))
        .collect();
    assert_eq!(changes, [(Some("0"), Some("7")), (Some("7"), Some("0"))]);
    app.staff(
        &app.detroit,
        Role::Tenant(TenantRole::Desk),
        "desk@example.com",
    )
    .await;
    let desk = app.signed_in("desk@example.com").await;
    let answer = desk.fetch("save_referrer_days", &[("days", "7")]).await;
    assert_eq!(answer.status, 403);
    assert_eq!(app.site().await.row.referrer_days, 0);
}

async fn a_member_names_a_friend_once(app: TestApp) {
    allow(&app, 7).await;
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let long = "UPDATE users SET first_name = 'Abcdefghijklmnopqrstu' WHERE first_name = 'Mia'";
    let db = app.state.db.writer();
    db.execute_unprepared(long).await.unwrap();
    let jane = app.signed_in("jane@example.com").await;
    let page = jane.get(PAGE).await.text;
    assert!(page.contains("Their code or link"), "{page}");
    let link = format!("https://detroit.example/?ref={CODE}");
    let answer = jane.submit("name_referrer", &[("code", &link)]).await;
    assert_eq!(answer.header("location"), "/dashboard");
    let page = jane.get("/dashboard").await.text;
    // No more of the name than on the page of the link.
    let saved = "Saved: Abcdefghijklmnopqrs… referred you.";
    assert!(page.contains(saved), "{page}");
    assert!(!is_offered(&jane).await);
    let row = app.referral().await;
    assert_eq!(row.referrer_id, mia.id);
    let line = app.audit_rows().await.pop().unwrap();
    assert_eq!(line.actor, "Jane Stone");
    let told = format!("Member {}: Named by the member", mia.id);
    assert_eq!(line.new_value, Some(told));
    let again = jane.refused("name_referrer", &[("code", CODE)]).await;
    assert_eq!(again.message.unwrap(), "You were already referred.");
    let page = jane.get(PAGE).await.text;
    assert!(page.contains("You were already referred."), "{page}");
    let visitor = app
        .browser()
        .fetch("name_referrer", &[("code", CODE)])
        .await;
    assert_ne!(visitor.status, 200);
    app.run_jobs().await;
}

async fn what_does_not_count_stays_in_the_field(app: TestApp) {
    allow(&app, 7).await;
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let max = app.referrer(&app.detroit, "max@example.com", "q9wm4t2k");
    let max = max.await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    users::set_blocked(db, &max, Some(now)).await.unwrap();
    let browser = app.signed_in("mia@example.com").await;
    let unknown = "This referral code does not belong to this site.";
    for (typed, words) in [
        ("ab3kx7mm", unknown),
        // Nobody learns so who is blocked, or who has an address.
        ("q9wm4t2k", unknown),
        ("max@example.com", unknown),
        ("", "Enter their code or link."),
        (CODE, "You cannot use your own referral code."),
    ] {
        let answer = browser.submit("name_referrer", &[("code", typed)]).await;
        assert_eq!(answer.header("location"), PAGE);
        let page = browser.get(PAGE).await.text;
        assert!(page.contains(words), "{typed}: {page}");
        assert!(
            page.contains(&format!("value=\"{typed}\"")),
            "{typed}: {page}"
        );
    }
    let mia = app.find(&app.detroit, &mia.email).await.unwrap();
    assert_eq!(mia.referred_by_user_id, None);
}

async fn whoever_bought_or_comes_too_late_cannot(app: TestApp) {
    allow(&app, 7).await;
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let late = app.member(&app.detroit, "Kim", "kim@example.com").await;
    let ticket = app
        .product(
            &app.detroit,
            domain::purchase::ProductKind::EventTicket,
            "steel",
            4_500,
        )
        .await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    let site = app.site().await;
    let sold =
        services::purchases::counter_sale::record(&app.state, &site, jane.id, ticket.id).await;
    sold.unwrap().unwrap();
    app.run_jobs().await;
    let browser = app.signed_in("jane@example.com").await;
    assert!(!is_offered(&browser).await);
    let refusal = browser.refused("name_referrer", &[("code", CODE)]).await;
    assert!(
        refusal
            .message
            .unwrap()
            .contains("already made your first purchase")
    );

    app.advance(DAY * 6);
    let kim = app.signed_in("kim@example.com").await;
    assert!(is_offered(&kim).await);
    app.advance(DAY);
    let kim = app.signed_in("kim@example.com").await;
    assert!(!is_offered(&kim).await);
    let refusal = kim.refused("name_referrer", &[("code", CODE)]).await;
    assert!(refusal.message.unwrap().contains("is over"));
    let late = app.find(&app.detroit, &late.email).await.unwrap();
    assert_eq!(late.referred_by_user_id, None);
}
