//! "Got a code or a friend's name?" at Register.

use store::entities::user;

use crate::support::{Browser, CODE, GOOD_FORM, TestApp, on_both_databases};

on_both_databases!(
    a_code_that_is_typed_links,
    a_name_links_nobody_and_the_desk_reads_it,
    a_word_like_a_code_is_kept_without_a_complaint,
    who_clicked_a_link_is_not_asked,
    a_link_that_no_longer_counts_lets_one_type,
    whatever_is_typed_fails_no_registration,
    without_javascript_it_is_not_lost,
);

const FIELD: &str = "name=\"referred_by\"";

fn with(referred_by: &str) -> Vec<(&str, &str)> {
    let mut form = GOOD_FORM.to_vec();
    form.push(("referred_by", referred_by));
    form
}

async fn registered(app: &TestApp, browser: &Browser, referred_by: &str) -> user::Model {
    let to = browser.go("register", &with(referred_by)).await;
    assert_eq!(to, "/dashboard", "{referred_by}");
    app.find(&app.detroit, "jane@example.com").await.unwrap()
}

async fn a_code_that_is_typed_links(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let friend = app.browser();
    let page = friend.get("/register").await.text;
    assert!(page.contains(FIELD), "{page}");
    assert!(page.contains("<form id=\"account-form\""), "{page}");
    assert!(page.contains("form=\"account-form\""), "{page}");
    let jane = registered(&app, &friend, "Mia gave me AB3K-X7MN!").await;
    assert_eq!(jane.referred_by_user_id, Some(mia.id));
    assert_eq!(jane.referred_by_words, None, "it is known");
}

async fn a_name_links_nobody_and_the_desk_reads_it(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let friend = app.browser();
    let jane = registered(&app, &friend, " <b>Mia</b>\n Stone\u{200b} ").await;
    assert_eq!(jane.referred_by_user_id, None);
    assert_eq!(jane.referred_by_words.as_deref(), Some("<b>Mia</b> Stone"));
    let dana = app.detroit_admin().await;
    let page = dana.get(&format!("/admin/members/{}", jane.id)).await.text;
    assert!(page.contains("Said who referred them"), "{page}");
    assert!(page.contains("&lt;b&gt;Mia&lt;/b&gt; Stone"), "{page}");
    let mia = app.find(&app.detroit, "mia@example.com").await.unwrap();
    let page = dana.get(&format!("/admin/members/{}", mia.id)).await.text;
    assert!(!page.contains("Said who referred them"), "{page}");
}

/// It may be a name.
async fn a_word_like_a_code_is_kept_without_a_complaint(app: TestApp) {
    let friend = app.browser();
    let jane = registered(&app, &friend, "Margaret").await;
    assert_eq!(jane.referred_by_user_id, None);
    assert_eq!(jane.referred_by_words.as_deref(), Some("Margaret"));
    let news = friend.get("/notifications").await.text;
    assert!(!news.contains("referral code"), "{news}");
}

/// The first link counts, whatever is sent beside it.
async fn who_clicked_a_link_is_not_asked(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    app.referrer(&app.detroit, "max@example.com", "q9wm4t2k")
        .await;
    let friend = app.browser();
    friend.get(&format!("/?ref={CODE}")).await;
    let page = friend.get("/register").await.text;
    assert!(!page.contains(FIELD), "{page}");
    let jane = registered(&app, &friend, "q9wm4t2k").await;
    assert_eq!(jane.referred_by_user_id, Some(mia.id));
}

async fn a_link_that_no_longer_counts_lets_one_type(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let max = app.referrer(&app.detroit, "max@example.com", "q9wm4t2k");
    let max = max.await.id;
    let friend = app.browser();
    friend.get(&format!("/?ref={CODE}")).await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    store::users::set_blocked(db, &mia, Some(now))
        .await
        .unwrap();
    assert!(friend.get("/register").await.text.contains(FIELD));
    let jane = registered(&app, &friend, "q9wm4t2k").await;
    assert_eq!(jane.referred_by_user_id, Some(max));
}

async fn whatever_is_typed_fails_no_registration(app: TestApp) {
    let long = "Mia ".repeat(2_000);
    for (number, (typed, kept)) in [
        ("", None),
        (" \u{200b} ", None),
        ("\0", None),
        (long.as_str(), Some(long[..399].to_owned())),
        ("ab3kx7mn q9wm4t2k", Some("ab3kx7mn q9wm4t2k".to_owned())),
        ("';--", Some("';--".to_owned())),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("jane{number}@example.com");
        let mut form = with(typed);
        form[2].1 = &email;
        app.browser().go("register", &form).await;
        let jane = app.find(&app.detroit, &email).await.unwrap();
        assert_eq!(jane.referred_by_words, kept, "{typed:?}");
    }
}

async fn without_javascript_it_is_not_lost(app: TestApp) {
    let friend = app.browser();
    let mut form = with("Mia from \"the range\"");
    form[2].1 = "nobody";
    let answer = friend.submit("register", &form).await;
    assert_eq!(answer.header("location"), "/register");
    let page = friend.get("/register").await.text;
    assert!(
        page.contains("value=\"Mia from &quot;the range&quot;\""),
        "{page}"
    );
}
