//! A member's own account: proving and changing the address, changing the password, and ending
//! sessions.

use std::time::Duration;

use mailbox::ReceivedMail;
use reqwest::Method;
use store::entities::user;

use crate::support::{Browser, GOOD_FORM, PASSWORD, Page, TestApp, on_both_databases};

on_both_databases!(
    with mail:
    an_address_is_confirmed_by_the_button_behind_the_link,
    a_link_confirms_at_its_own_site_for_three_days,
    a_new_address_counts_once_its_link_is_used,
    a_new_address_needs_the_password,
    an_address_of_another_member_is_not_taken,
    an_address_that_was_taken_meanwhile_stays_with_its_holder,
    a_changed_password_ends_every_other_session,
    a_wrong_present_password_is_limited_like_a_sign_in,
    a_changed_password_ends_a_link_to_another_address,
    a_member_ends_one_browser_and_then_all_others,
    anothers_browser_is_not_ended,
    an_admin_is_signed_out_after_twelve_hours,
    a_member_is_signed_out_after_thirty_days,
    a_name_is_changed_and_found,
    a_link_is_mailed_again_but_not_at_once,
    nobody_mails_strangers_without_end,
);

const MIA: &str = "mia@example.com";
const DANA: &str = "dana@detroitarms.com";
const NEW_EMAIL: &str = "Mia.New@example.com";
const NEW_PASSWORD: &str = "walnut carousel 77 delta";
const HOUR: Duration = Duration::from_secs(60 * 60);

async fn account(browser: &Browser) -> String {
    browser.get("/account").await.text
}

async fn is_signed_in(browser: &Browser) -> bool {
    browser.get("/account").await.status == 200
}

/// The mails with this subject, oldest first.
async fn mails(app: &TestApp, subject: &str) -> Vec<ReceivedMail> {
    app.run_jobs().await;
    let mut mails = app.mailbox.mails();
    mails.retain(|mail| mail.subject == subject);
    mails
}

/// The path of the page behind the last link to confirm an address.
async fn link(app: &TestApp) -> String {
    let mail = mails(app, "Confirm your email address").await.pop();
    let mail = mail.unwrap();
    let link = mail.link("/confirm-email?token=").unwrap();
    let (_, token) = link.split_once("token=").unwrap();
    format!("/confirm-email?token={token}")
}

fn token(link: &str) -> &str {
    link.split_once("token=").unwrap().1
}

async fn confirm(browser: &Browser, link: &str) -> String {
    browser
        .fetch("confirm_email", &[("token", token(link))])
        .await
        .text
}

async fn mia(app: &TestApp) -> (user::Model, Browser) {
    let member = app.member(&app.detroit, "Mia", MIA).await;
    let browser = app.browser();
    browser.sign_in(MIA).await;
    (member, browser)
}

async fn dana(app: &TestApp) -> Browser {
    app.admin(&app.detroit, DANA).await;
    let browser = app.browser();
    browser.sign_in(DANA).await;
    browser
}

async fn ask(browser: &Browser, email: &str, password: &str) -> String {
    let form = [("email", email), ("password", password)];
    browser.fetch("change_email", &form).await.text
}

async fn change_password(browser: &Browser, current: &str, new: &str) -> String {
    let form = [("current", current), ("password", new)];
    browser.fetch("change_password", &form).await.text
}

async fn an_address_is_confirmed_by_the_button_behind_the_link(app: TestApp) {
    let jane = app.browser();
    jane.go("register", &GOOD_FORM).await;
    assert!(account(&jane).await.contains("Not confirmed yet."));
    let link = link(&app).await;
    let mail = mails(&app, "Confirm your email address").await.remove(0);
    assert_eq!(mail.to, ["jane@example.com"]);

    // A mail program that opens the link confirms nothing.
    let opened = app.browser().get(&link).await.text;
    assert!(
        opened.contains("Is jane@example.com your address?"),
        "{opened}"
    );
    assert!(account(&jane).await.contains("Not confirmed yet."));

    let done = confirm(&app.browser(), &link).await;
    assert!(done.contains("is confirmed"), "{done}");
    assert!(account(&jane).await.contains("Confirmed on"));
    let again = confirm(&app.browser(), &link).await;
    assert!(again.contains("no longer works"), "{again}");
    let opened = app.browser().get(&link).await.text;
    assert!(opened.contains("This link no longer works"));
    app.run_jobs().await;
}

async fn a_link_confirms_at_its_own_site_for_three_days(app: TestApp) {
    let jane = app.browser();
    jane.go("register", &GOOD_FORM).await;
    let link = link(&app).await;
    let elsewhere = confirm(&app.browser_at("coaching.localhost"), &link).await;
    assert!(elsewhere.contains("no longer works"), "{elsewhere}");
    app.advance(72 * HOUR);
    let late = confirm(&app.browser(), &link).await;
    assert!(late.contains("no longer works"), "{late}");
}

async fn a_new_address_counts_once_its_link_is_used(app: TestApp) {
    let (_, browser) = mia(&app).await;
    let phone = app.phone_of(MIA).await;
    let asked = ask(&browser, NEW_EMAIL, PASSWORD).await;
    assert!(
        asked.contains("We emailed a link to Mia.New@example.com"),
        "{asked}"
    );
    let page = account(&browser).await;
    assert!(
        page.contains(MIA) && page.contains("Keep the current address"),
        "{page}"
    );
    let link = link(&app).await;
    let mail = mails(&app, "Confirm your email address").await.remove(0);
    assert_eq!(mail.to, [NEW_EMAIL]);

    let done = confirm(&browser, &link).await;
    assert!(
        done.contains("You sign in with Mia.New@example.com"),
        "{done}"
    );
    let told = mails(&app, "Your email address was changed").await;
    let mut heard: Vec<_> = told.iter().flat_map(|mail| mail.to.clone()).collect();
    heard.sort();
    assert_eq!(heard, [NEW_EMAIL, MIA]);
    assert!(told.iter().all(|mail| mail.text.contains(NEW_EMAIL)));

    assert!(is_signed_in(&browser).await);
    assert_eq!(phone.get("/api/v1/me").await.status, 200);
    let old = [("email", MIA), ("password", PASSWORD)];
    let refused = app.browser().fetch("sign_in", &old).await.text;
    assert!(refused.contains("incorrect"), "{refused}");
    app.browser().sign_in("mia.new@example.com").await;
    // The console finds her by the new one.
    let found = app.find(&app.detroit, NEW_EMAIL).await.unwrap();
    assert!(found.email_confirmed_at.is_some());
    let again = confirm(&browser, &link).await;
    assert!(again.contains("no longer works"), "{again}");
    app.run_jobs().await;
}

async fn a_new_address_needs_the_password(app: TestApp) {
    let (_, browser) = mia(&app).await;
    let wrong = ask(&browser, NEW_EMAIL, "wrong password").await;
    assert!(wrong.contains("This is not your password."), "{wrong}");
    let same = ask(&browser, MIA, PASSWORD).await;
    assert!(same.contains("This is already your address."), "{same}");
    let bad = ask(&browser, "mia", PASSWORD).await;
    assert!(bad.contains("Enter an email address like"), "{bad}");
    let visitor = ask(&app.browser(), NEW_EMAIL, PASSWORD).await;
    assert!(!visitor.contains("We emailed"), "{visitor}");
    assert!(mails(&app, "Confirm your email address").await.is_empty());
}

async fn an_address_of_another_member_is_not_taken(app: TestApp) {
    let (_, browser) = mia(&app).await;
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let taken = ask(&browser, "JANE@example.com", PASSWORD).await;
    assert!(taken.contains("already has another account"), "{taken}");
    assert!(mails(&app, "Confirm your email address").await.is_empty());
}

async fn an_address_that_was_taken_meanwhile_stays_with_its_holder(app: TestApp) {
    let (_, browser) = mia(&app).await;
    ask(&browser, "jane@example.com", PASSWORD).await;
    let link = link(&app).await;
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    let refused = confirm(&browser, &link).await;
    assert!(
        refused.contains("Another account now has this email address"),
        "{refused}"
    );
    let holder = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(holder.id, jane.id);
    assert!(account(&browser).await.contains(MIA));
}

async fn a_changed_password_ends_every_other_session(app: TestApp) {
    let (_, browser) = mia(&app).await;
    let other = app.browser();
    other.sign_in(MIA).await;
    let phone = app.phone_of(MIA).await;
    let guessed = change_password(&browser, PASSWORD, "password123").await;
    assert!(guessed.contains("easy to guess"), "{guessed}");
    let known = change_password(&browser, PASSWORD, "DetroitArms1").await;
    assert!(known.contains("words about you"), "{known}");
    assert!(is_signed_in(&other).await);

    let done = change_password(&browser, PASSWORD, NEW_PASSWORD).await;
    assert!(done.contains("Your password was changed"), "{done}");
    assert!(is_signed_in(&browser).await, "this browser stays signed in");
    assert!(!is_signed_in(&other).await);
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    let told = mails(&app, "Your password was changed").await;
    assert_eq!(told.len(), 1);
    let form = [("email", MIA), ("password", NEW_PASSWORD)];
    let signed_in = app.browser().fetch("sign_in", &form).await.text;
    assert!(signed_in.contains("/dashboard"), "{signed_in}");
}

async fn a_wrong_present_password_is_limited_like_a_sign_in(app: TestApp) {
    let (_, browser) = mia(&app).await;
    for _ in 0..5 {
        let wrong = change_password(&browser, "wrong password", NEW_PASSWORD).await;
        assert!(wrong.contains("This is not your password."), "{wrong}");
    }
    let limited = change_password(&browser, PASSWORD, NEW_PASSWORD).await;
    assert!(limited.contains("Too many attempts"), "{limited}");
    app.advance(Duration::from_secs(60));
    let done = change_password(&browser, PASSWORD, NEW_PASSWORD).await;
    assert!(done.contains("Your password was changed"), "{done}");
    app.run_jobs().await;
}

async fn a_changed_password_ends_a_link_to_another_address(app: TestApp) {
    let (_, browser) = mia(&app).await;
    ask(&browser, "stranger@example.com", PASSWORD).await;
    let link = link(&app).await;
    change_password(&browser, PASSWORD, NEW_PASSWORD).await;
    let late = confirm(&app.browser(), &link).await;
    assert!(late.contains("no longer works"), "{late}");
    app.run_jobs().await;
}

/// The forms that sign a browser out.
fn browser_ids(page: &str) -> Vec<String> {
    let forms = page.split("sign_out_browser").skip(1);
    let value = |form: &str| {
        let value = form.split("value=\"").nth(1).unwrap();
        value.split('"').next().unwrap().to_owned()
    };
    forms.map(value).collect()
}

async fn a_member_ends_one_browser_and_then_all_others(app: TestApp) {
    let (_, browser) = mia(&app).await;
    let sign_in = |user_agent: &'static str| {
        let other = app.browser();
        async move {
            let form = format!("email={MIA}&password={PASSWORD}");
            let request = other
                .request(Method::POST, "/rpc/sign_in")
                .header("origin", &other.origin)
                .header("content-type", "application/x-www-form-urlencoded")
                .header("user-agent", user_agent)
                .body(form);
            Page::read(request.send().await).await;
            other
        }
    };
    let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
    let (lost, kept) = (sign_in(firefox).await, sign_in("curl").await);
    let phone = app.phone_of(MIA).await;
    let page = account(&browser).await;
    assert!(
        page.contains("Firefox on Linux") && page.contains("This browser"),
        "{page}"
    );
    let ids = browser_ids(&page);
    assert_eq!(ids.len(), 2, "this browser has no such button");
    let lost_id = page.split("Sign out Firefox on Linux").next().unwrap();
    let lost_id = browser_ids(lost_id).pop().unwrap();
    browser.done("sign_out_browser", &[("id", &lost_id)]).await;
    assert!(!is_signed_in(&lost).await);
    assert!(is_signed_in(&kept).await && is_signed_in(&browser).await);

    browser.done("sign_out_others", &[]).await;
    assert!(!is_signed_in(&kept).await && is_signed_in(&browser).await);
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    assert!(!account(&browser).await.contains("Sign out everywhere else"));
}

async fn anothers_browser_is_not_ended(app: TestApp) {
    let (_, browser) = mia(&app).await;
    let second = app.browser();
    second.sign_in(MIA).await;
    let ids = browser_ids(&account(&browser).await);
    app.member(&app.detroit, "Jane", "jane@example.com").await;
    let jane = app.browser();
    jane.sign_in("jane@example.com").await;
    jane.done("sign_out_browser", &[("id", &ids[0])]).await;
    assert!(is_signed_in(&second).await);
}

async fn an_admin_is_signed_out_after_twelve_hours(app: TestApp) {
    let dana = dana(&app).await;
    for _ in 0..13 {
        app.advance(11 * HOUR);
        assert!(is_signed_in(&dana).await);
    }
    // Seven days after signing in it ends even if it is used.
    app.advance(11 * HOUR);
    assert!(is_signed_in(&dana).await);
    app.advance(14 * HOUR);
    assert!(!is_signed_in(&dana).await);
    let again = app.browser();
    again.sign_in(DANA).await;
    app.advance(12 * HOUR);
    assert!(!is_signed_in(&again).await);
}

async fn a_member_is_signed_out_after_thirty_days(app: TestApp) {
    let (_, browser) = mia(&app).await;
    for _ in 0..2 {
        app.advance(13 * 24 * HOUR);
        assert!(is_signed_in(&browser).await);
    }
    app.advance(4 * 24 * HOUR);
    assert!(!is_signed_in(&browser).await, "although it was used");
}

async fn a_name_is_changed_and_found(app: TestApp) {
    let (_, browser) = mia(&app).await;
    let form = [("first_name", " Maria "), ("last_name", "")];
    let refusal = browser.refused("change_name", &form).await;
    assert_eq!(refusal.fields[0].field, "last_name");
    let form = [("first_name", " Maria "), ("last_name", "Winter")];
    browser.done("change_name", &form).await;
    assert!(
        browser
            .get("/dashboard")
            .await
            .text
            .contains("Hello, Maria")
    );
    let dana = dana(&app).await;
    let found = dana.get("/admin/members?q=winter").await.text;
    assert!(found.contains("Maria Winter"), "{found}");
}

async fn a_link_is_mailed_again_but_not_at_once(app: TestApp) {
    let jane = app.browser();
    jane.go("register", &GOOD_FORM).await;
    let first = link(&app).await;
    let soon = jane.fetch("mail_confirmation", &[]).await.text;
    assert!(soon.contains("a moment ago"), "{soon}");
    app.advance(Duration::from_secs(60));
    jane.done("mail_confirmation", &[]).await;
    let second = link(&app).await;
    assert_ne!(first, second);
    let ended = confirm(&jane, &first).await;
    assert!(ended.contains("no longer works"), "{ended}");
    let done = confirm(&jane, &second).await;
    assert!(done.contains("is confirmed"), "{done}");
    app.advance(HOUR);
    let nothing = jane.fetch("mail_confirmation", &[]).await.text;
    assert!(nothing.contains("is already confirmed"), "{nothing}");
}

async fn nobody_mails_strangers_without_end(app: TestApp) {
    app.stop_our_clock();
    let (_, browser) = mia(&app).await;
    let mut mailed = 0;
    for number in 0..8 {
        let to = format!("stranger{number}@example.com");
        let answer = ask(&browser, &to, PASSWORD).await;
        mailed += u32::from(answer.contains("We emailed a link"));
    }
    assert_eq!(mailed, 5);
    app.leave_jobs();
}
