//! The picture of a link.

use std::time::Duration;

use domain::{purchase::ProductKind, referral::ReferralCode};
use store::users;

use super::{CODE, File, NOBODYS, PICTURE, file};
use crate::support::{Browser, GOOD_FORM, TestApp, on_both_databases};

on_both_databases!(
    each_site_and_each_product_has_its_own,
    it_names_the_member_whose_code_counts,
    it_names_members_in_greek_and_cyrillic_letters,
    a_brand_names_nobody,
    whatever_is_asked_for_there_is_a_picture,
    a_program_that_has_it_gets_it_once,
    it_is_no_click,
    whoever_asks_too_often_waits,
    who_tries_codes_out_gets_no_more_of_them,
);

async fn picture(browser: &Browser, query: &str) -> File {
    file(browser, &format!("{PICTURE}?{query}"), None).await
}

async fn content(browser: &Browser, query: &str) -> Vec<u8> {
    let file = picture(browser, query).await;
    assert_eq!(file.picture().dimensions(), (1200, 630), "{query}");
    file.content
}

async fn each_site_and_each_product_has_its_own(app: TestApp) {
    let ticket = app.product(&app.detroit, ProductKind::EventTicket, "night-shoot", 2500);
    ticket.await;
    let (detroit, coaching) = (app.browser(), app.browser_at("coaching.localhost"));
    let of_site = content(&detroit, "").await;
    let of_ticket = content(&detroit, "page=/events/night-shoot").await;
    assert_ne!(of_site, of_ticket);
    let of_coaching = content(&coaching, "").await;
    assert_ne!(of_site, of_coaching);
    // It is another site's ticket.
    let elsewhere = content(&coaching, "page=/events/night-shoot").await;
    assert_eq!(elsewhere, of_coaching);
}

async fn it_names_the_member_whose_code_counts(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let visitor = app.browser();
    let (with, without) = (format!("code={CODE}"), format!("code={NOBODYS}"));
    let plain = content(&visitor, "").await;
    assert_eq!(content(&visitor, &without).await, plain, "nobody's");
    let named = content(&visitor, &with).await;
    assert_ne!(named, plain);
    let uppercase = format!("code={}", CODE.to_uppercase());
    assert_eq!(content(&visitor, &uppercase).await, named);
    // The code of another site's member is nobody's here.
    let coaching = app.browser_at("coaching.localhost");
    assert_eq!(
        content(&coaching, &with).await,
        content(&coaching, "").await
    );
    users::set_blocked(app.state.db.writer(), &mia, Some(app.state.now()))
        .await
        .unwrap();
    assert_eq!(content(&visitor, &with).await, plain, "a blocked member's");
}

async fn it_names_members_in_greek_and_cyrillic_letters(app: TestApp) {
    let visitor = app.browser();
    let plain = content(&visitor, "").await;
    for (name, code, is_named) in [
        ("Мария", "marya222", true),
        ("Ελένη", "eaeny222", true),
        ("太郎", "tar22222", false),
    ] {
        let email = format!("{code}@example.com");
        let member = app.member(&app.detroit, name, &email).await;
        let own = ReferralCode::parse(code).unwrap();
        let given = users::give_code(&app.state.db, app.detroit.id(), member.id, &own);
        assert!(given.await.unwrap(), "{name}");
        let shown = content(&visitor, &format!("code={code}")).await;
        assert_eq!(shown != plain, is_named, "{name}");
    }
}

async fn a_brand_names_nobody(app: TestApp) {
    let platform = app.platform().await;
    let prospect = app.browser_at("pewpros.localhost");
    let query = format!("code={}", platform.jordan.code);
    assert_eq!(
        content(&prospect, &query).await,
        content(&prospect, "").await
    );
}

async fn whatever_is_asked_for_there_is_a_picture(app: TestApp) {
    let visitor = app.browser();
    let plain = content(&visitor, "").await;
    for query in [
        "page=",
        "page=/events/nothing-here",
        "page=%00&code=%00",
        "page=../../etc/passwd",
        "page=/admin/members",
        "code=nonsense&code=",
        "%ff=%fe&&=",
        "v=0123456789abcdef",
    ] {
        assert_eq!(content(&visitor, query).await, plain, "{query}");
    }
}

async fn a_program_that_has_it_gets_it_once(app: TestApp) {
    let visitor = app.browser();
    let first = file(&visitor, PICTURE, None).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.len() > 20 && tag.starts_with('"'), "{tag}");
    for (name, value) in [
        ("cache-control", "public, max-age=3600"),
        ("cross-origin-resource-policy", "cross-origin"),
        ("content-security-policy", "default-src 'none'"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(first.header(name), value, "{name}");
    }
    let again = file(&visitor, PICTURE, Some(&tag)).await;
    assert_eq!((again.status.as_u16(), again.content.len()), (304, 0));
    assert_eq!(again.header("etag"), tag);
    let other = file(&visitor, PICTURE, Some("\"another\"")).await;
    assert_eq!((other.status.as_u16(), other.content), (200, first.content));
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let named = picture(&visitor, &format!("code={CODE}")).await;
    assert_ne!(named.header("etag"), tag);
}

async fn it_is_no_click(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let friend = app.browser();
    let named = picture(&friend, &format!("code={CODE}")).await;
    assert_eq!(named.header("set-cookie"), "");
    friend.go("register", &GOOD_FORM).await;
    let friend = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(friend.referred_by_user_id, None);
}

async fn whoever_asks_too_often_waits(app: TestApp) {
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.check_picture(here));
    let visitor = app.browser();
    let refused = file(&visitor, PICTURE, None).await;
    assert_eq!(refused.status, 429);
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(refused.header("cache-control"), "no-store");
    assert_eq!(visitor.get("/").await.status, 200, "the page is there");
    app.advance(Duration::from_secs(1));
    assert_eq!(file(&visitor, PICTURE, None).await.status, 200);
}

async fn who_tries_codes_out_gets_no_more_of_them(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let here = "127.0.0.1".parse().unwrap();
    app.use_up(|| app.state.rate_limiter.check_click(here));
    let visitor = app.browser();
    for code in [CODE, NOBODYS] {
        let refused = picture(&visitor, &format!("code={code}")).await;
        assert_eq!(refused.status, 429, "{code}");
    }
    assert_eq!(file(&visitor, PICTURE, None).await.status, 200);
}
