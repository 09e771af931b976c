//! Whom a friend is told to be invited by, on which pages, and who else is not told.

use store::{Timestamp, entities::user, users};

use super::MIAS;
use crate::support::{GOOD_FORM, Page, TestApp, on_both_databases};

on_both_databases!(
    a_newcomer_is_told_who_invited_them,
    the_first_links_member_is_named,
    a_long_name_is_cut_and_no_part_of_the_page,
    nobody_is_named_who_does_not_count,
    members_and_brands_are_not_told,
    a_new_member_is_welcomed_once,
);

fn invited_by(page: &Page) -> Option<&str> {
    let name = page.text.split_once("class=\"invited\"><bdi>")?.1;
    let (name, rest) = name.split_once("</bdi>")?;
    assert!(rest.starts_with(" invited you</p>"), "{rest}");
    Some(name)
}

async fn set_blocked(app: &TestApp, mia: &user::Model, at: Option<Timestamp>) {
    users::set_blocked(app.state.db.writer(), mia, at)
        .await
        .unwrap();
}

async fn a_newcomer_is_told_who_invited_them(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let friend = app.browser();
    assert_eq!(invited_by(&friend.get("/register").await), None);
    for path in ["/?ref=ab3kx7mn", "/events?REF=ab3kx7mn.", "/register"] {
        let page = friend.get(path).await;
        assert_eq!(invited_by(&page), Some("Mia"), "{path}");
        let caching = page.header("cache-control");
        assert_eq!(caching, "private, no-store, no-transform", "{path}");
        assert!(!page.text.contains("Stone"), "the first name alone");
    }
    // Once is enough elsewhere.
    assert_eq!(invited_by(&friend.get("/events").await), None);
    // Another browser is told nothing.
    assert_eq!(invited_by(&app.browser().get("/register").await), None);
}

async fn the_first_links_member_is_named(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let max = app.referrer(&app.detroit, "max@example.com", "q9wm4t2k");
    let (max, db) = (max.await, app.state.db.writer());
    users::set_name(db, &max, "Max".to_owned(), "Stone".to_owned())
        .await
        .unwrap();
    let friend = app.browser();
    friend.get("/?ref=q9wm4t2k").await;
    let page = friend.get("/?ref=ab3kx7mn").await;
    assert_eq!(invited_by(&page), Some("Max"));
}

async fn a_long_name_is_cut_and_no_part_of_the_page(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let long = "<i>Maximiliane-Alexandra</i>".to_owned();
    let db = app.state.db.writer();
    users::set_name(db, &mia, long, "Stone".to_owned())
        .await
        .unwrap();
    let page = app.browser().get("/?ref=ab3kx7mn").await;
    assert_eq!(invited_by(&page), Some("&lt;i&gt;Maximiliane-Alex\u{2026}"));
}

async fn nobody_is_named_who_does_not_count(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let friend = app.browser();
    for path in ["/?ref=zzzzzzzz", "/?ref=nonsense"] {
        assert_eq!(invited_by(&friend.get(path).await), None, "{path}");
    }
    friend.get("/?ref=ab3kx7mn").await;
    set_blocked(&app, &mia, Some(app.state.now())).await;
    assert_eq!(invited_by(&friend.get("/register").await), None);
    set_blocked(&app, &mia, None).await;
    assert_eq!(invited_by(&friend.get("/register").await), Some("Mia"));
}

async fn members_and_brands_are_not_told(app: TestApp) {
    let platform = app.platform().await;
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let member = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.signed_in("jane@example.com").await;
    assert_eq!(invited_by(&jane.get("/?ref=ab3kx7mn").await), None);
    // The session is over, and what was clicked in it is not remembered.
    set_blocked(&app, &member, Some(app.state.now())).await;
    assert_eq!(invited_by(&jane.get("/register").await), None);
    let prospect = app.browser_at("pewpros.localhost");
    let link = format!("/pricing?ref={}", platform.jordan.code);
    let page = prospect.get(&link).await;
    assert_eq!(invited_by(&page), None);
    assert!(!page.text.contains("Jordan"));
}

async fn a_new_member_is_welcomed_once(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let form = |email| {
        let typed =
            GOOD_FORM.map(|(name, good)| (name, if name == "email" { email } else { good }));
        [&typed[..], &[("next", "/events")][..]].concat()
    };
    let friend = app.browser();
    friend.get("/?ref=ab3kx7mn").await;
    assert_eq!(
        friend.go("register", &form("jane@example.com")).await,
        "/events"
    );
    let page = friend.get("/events").await.text;
    assert!(page.contains("Welcome, <bdi>Jane</bdi>"), "{page}");
    let invited = "<bdi>Mia</bdi> invited you and can earn a credit";
    assert!(page.contains(invited), "{page}");
    assert!(
        !friend.get("/events").await.text.contains("Welcome, "),
        "once"
    );
    let alone = app.browser();
    alone.go("register", &form("kim@example.com")).await;
    let page = alone.get("/events").await.text;
    assert!(page.contains("Welcome, <bdi>Jane</bdi>"), "{page}");
    assert!(!page.contains("invited you"), "{page}");
}
