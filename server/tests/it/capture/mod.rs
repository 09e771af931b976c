//! Capturing a link's referral code, whatever the link contains.

mod invited;
mod several_links;
mod short_links;
mod spellings;

use std::time::Duration;

use sea_orm::{ActiveModelTrait, Set};
use store::{MemberId, entities::site_settings};

use crate::support::{Browser, GOOD_FORM, TestApp, on_both_databases};

on_both_databases!(
    any_page_takes_the_code,
    only_pages_take_it,
    nothing_in_ref_is_an_error,
    a_code_counts_on_its_own_site_alone,
    the_code_ends_with_the_browser,
    a_browser_that_never_ends_forgets_it_after_two_weeks,
    a_setting_keeps_it_for_days,
    who_tries_codes_out_is_told_of_none,
);

const MIAS: &str = "ab3kx7mn";

/// Registers, and returns the id of the referrer.
async fn referrer_after_registration(app: &TestApp, browser: &Browser) -> Option<MemberId> {
    let email = format!("{}@example.com", app.state.random.token());
    let form = GOOD_FORM.map(|(name, good)| (name, if name == "email" { &email } else { good }));
    browser.go("register", &form).await;
    app.find(&app.detroit, &email)
        .await
        .unwrap()
        .referred_by_user_id
}

async fn any_page_takes_the_code(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    for path in [
        "/?ref=ab3kx7mn",
        "/?ref=AB3KX7MN",
        "/events?ref=ab3kx7mn",
        "/register?next=%2Fevents&ref=ab3kx7mn",
        "/sign-in?ref=ab3kx7mn#top",
        "/no/such/page?ref=ab3kx7mn",
        "/?ref=%61b3kx7mn",
        "/?utm=x&ref=%20ab3kx7mn+",
    ] {
        let friend = app.browser();
        let status = friend.get(path).await.status;
        assert!(status == 200 || status == 404, "{path}: {status}");
        friend.get("/events").await;
        assert_eq!(
            referrer_after_registration(&app, &friend).await,
            Some(mia),
            "{path}"
        );
    }
}

async fn only_pages_take_it(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    app.site_file("art/picture.svg", b"<svg/>");
    let browser = app.browser();
    for path in [
        "/art/picture.svg",
        "/healthz",
        "/readyz",
        "/rpc/notifications",
        "/pkg/none.js",
    ] {
        browser.get(&format!("{path}?ref={MIAS}")).await;
    }
    browser
        .fetch(&format!("notifications?ref={MIAS}"), &[])
        .await;
    assert_eq!(referrer_after_registration(&app, &browser).await, None);
}

async fn nothing_in_ref_is_an_error(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    let friend = app.browser();
    friend.get(&format!("/?ref={MIAS}")).await;
    let (long, many) = ("a".repeat(600), "ab3kx7mm&ref=".repeat(500));
    for code in [
        "",
        "ab3kx7m",
        "ab3kx7mnp",
        &long,
        &many,
        "ünïcödé!",
        "%C3%A4%C3%A4%C3%A4%C3%A4",
        "%00",
        "ab3k%00x7m",
        "%FF%FE",
        "%zz",
        "%",
        "[]",
        "[b3kx7m]",
        "%5B%5D",
        "{{7*7}}",
        "<script>alert(1)</script>",
        "';DROP TABLE users;--",
        "%0d%0aSet-Cookie:x=y",
        "zzzzzzzz",
    ] {
        for path in [
            format!("/?ref={code}"),
            format!("/?ref[]={code}"),
            format!("/events?a&ref={code}&="),
        ] {
            let page = friend.get(&path).await;
            assert_eq!(page.status, 200, "{path}");
            assert!(!page.text.contains("<script>alert(1)"), "{path}");
        }
    }
    assert_eq!(
        referrer_after_registration(&app, &friend).await,
        Some(mia),
        "still Mia's"
    );
}

async fn a_code_counts_on_its_own_site_alone(app: TestApp) {
    app.referrer(&app.coaching, "mia@example.com", MIAS).await;
    let friend = app.browser();
    friend.get(&format!("/?ref={MIAS}")).await;
    assert_eq!(referrer_after_registration(&app, &friend).await, None);
}

async fn the_code_ends_with_the_browser(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let cookies = app.browser().get(&format!("/?ref={MIAS}")).await.cookies();
    assert_eq!(cookies.len(), 1);
    assert!(
        !cookies[0].contains("Max-Age") && !cookies[0].contains("Expires"),
        "{cookies:?}"
    );
    assert_eq!(
        referrer_after_registration(&app, &app.browser()).await,
        None
    );
}

/// The browser restores its windows with the cookies that they had.
async fn a_browser_that_never_ends_forgets_it_after_two_weeks(app: TestApp) {
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    for (days, remembered) in [(13, Some(mia)), (15, None)] {
        let browser = app.browser();
        browser.get(&format!("/?ref={MIAS}")).await;
        app.advance(DAY * days);
        let referrer = referrer_after_registration(&app, &browser).await;
        assert_eq!(referrer, remembered, "{days} days");
    }
}

async fn a_setting_keeps_it_for_days(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    let settings = site_settings::ActiveModel {
        site_id: Set(app.detroit.id()),
        referral_memory_days: Set(30),
        ..Default::default()
    };
    settings.update(app.state.db.reader()).await.unwrap();
    let cookies = app.browser().get(&format!("/?ref={MIAS}")).await.cookies();
    let kept = cookies
        .iter()
        .find(|cookie| cookie.starts_with("referral="))
        .unwrap();
    assert!(
        kept.contains("Max-Age=2592000") && kept.contains("HttpOnly"),
        "{kept}"
    );
    let kept = kept.split(';').next().unwrap();

    let forged = kept.replace("ab3k", "ab3j");
    for (cookie, referrer) in [(kept, Some(mia)), (forged.as_str(), None)] {
        app.advance(Duration::from_secs(20 * 24 * 60 * 60));
        let later = app.browser();
        let url: reqwest::Url = later.origin.parse().unwrap();
        let jar = reqwest::cookie::Jar::default();
        jar.add_cookie_str(cookie, &url);
        let later = later.with_cookies(jar, app.address);
        assert_eq!(
            referrer_after_registration(&app, &later).await,
            referrer,
            "{cookie}"
        );
        assert_eq!(
            referrer_after_registration(&app, &later).await,
            None,
            "cleared"
        );
    }
}

async fn who_tries_codes_out_is_told_of_none(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.check_click(here));
    let page = app.browser().get("/?ref=ab3kx7mn").await;
    assert_eq!(page.status, 200);
    assert!(
        page.cookies().is_empty(),
        "a known code looks like any other"
    );
    app.advance(Duration::from_secs(1));
    let page = app.browser().get("/?ref=ab3kx7mn").await;
    assert!(!page.cookies().is_empty());
}
