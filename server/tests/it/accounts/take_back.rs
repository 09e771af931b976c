//! An address that somebody else registered goes back to its owner, who reads its mail.

use crate::support::{Browser, GOOD_FORM, PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    a_squatted_address_goes_back_to_its_owner,
    a_confirmed_address_is_not_taken_back,
    the_link_takes_it_back_once,
    what_the_squatter_earned_is_paid_all_the_same,
);

const JANE: &str = "jane@example.com";

/// A stranger who registered with Jane's address.
async fn stranger(app: &TestApp) -> Browser {
    let browser = app.browser();
    browser.go("register", &GOOD_FORM).await;
    browser
}

/// The token of the link that Jane is mailed.
async fn token(app: &TestApp) -> String {
    app.browser()
        .fetch("forgot_password", &[("email", JANE)])
        .await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == "Reset your password");
    let link = mails
        .last()
        .unwrap()
        .link("/reset-password?token=")
        .unwrap();
    link.split_once("token=").unwrap().1.to_owned()
}

/// The page behind the link.
async fn opened(app: &TestApp, token: &str) -> String {
    let path = format!("/reset-password?token={token}");
    app.browser().get(&path).await.text
}

async fn take_back(app: &TestApp, token: &str) -> String {
    let form = [("token", token)];
    app.browser().fetch("take_back_address", &form).await.text
}

async fn a_squatted_address_goes_back_to_its_owner(app: TestApp) {
    let stranger = stranger(&app).await;
    let squatters = app.find(&app.detroit, JANE).await.unwrap();
    let token = token(&app).await;
    let page = opened(&app, &token).await;
    assert!(
        page.contains("Not your account?") && page.contains("Jane Doe"),
        "{page}"
    );
    let done = take_back(&app, &token).await;
    assert!(done.contains("The address is yours again"), "{done}");

    let jane = app.browser();
    jane.go("register", &GOOD_FORM).await;
    let owners = app.find(&app.detroit, JANE).await.unwrap();
    assert_ne!(owners.id, squatters.id);
    // The stranger keeps session and purchases, and can get another address.
    let account = stranger.get("/account").await.text;
    assert!(account.contains("No address"), "{account}");
    assert!(!account.contains(JANE), "{account}");
    let form = [("email", "stranger@example.com"), ("password", PASSWORD)];
    let asked = stranger.fetch("change_email", &form).await.text;
    assert!(
        asked.contains("is not your password") || asked.contains("We emailed"),
        "{asked}"
    );
    app.run_jobs().await;
    let none = app.mailbox.mails();
    let to_nobody = none.iter().flat_map(|mail| &mail.to);
    assert!(to_nobody.into_iter().all(|to| !to.ends_with(".invalid")));
}

async fn a_confirmed_address_is_not_taken_back(app: TestApp) {
    stranger(&app).await;
    let first = token(&app).await;
    let form = [
        ("token", first.as_str()),
        ("password", "walnut carousel 77 delta"),
    ];
    let reset = app.browser().fetch("reset_password", &form).await.text;
    assert!(reset.contains("Your password was changed"), "{reset}");
    let second = token(&app).await;
    let page = opened(&app, &second).await;
    assert!(
        !page.contains("Not your account?"),
        "whoever reset it proved it"
    );
    let refused = take_back(&app, &second).await;
    assert!(refused.contains("no longer works"), "{refused}");
    assert!(app.find(&app.detroit, JANE).await.is_some());
    app.run_jobs().await;
}

async fn the_link_takes_it_back_once(app: TestApp) {
    stranger(&app).await;
    let token = token(&app).await;
    take_back(&app, &token).await;
    let jane = app.browser();
    jane.go("register", &GOOD_FORM).await;
    let again = take_back(&app, &token).await;
    assert!(again.contains("no longer works"), "{again}");
    let at_another = app.browser_at("coaching.localhost");
    let form = [("token", token.as_str())];
    let elsewhere = at_another.fetch("take_back_address", &form).await.text;
    assert!(elsewhere.contains("no longer works"), "{elsewhere}");
}

async fn what_the_squatter_earned_is_paid_all_the_same(app: TestApp) {
    let referred = app.referred().await;
    let mia = referred.mia.email.clone();
    app.browser()
        .fetch("forgot_password", &[("email", &mia)])
        .await;
    app.run_jobs().await;
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == "Reset your password");
    let link = mails[0].link("/reset-password?token=").unwrap();
    take_back(&app, link.split_once("token=").unwrap().1).await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.assert_credited_once(&referred.mia).await;
}
