//! Codes of members and platform referrers share one space, and each counts only where it belongs.

use std::sync::{
    Arc,
    atomic::{AtomicU8, Ordering},
};

use domain::referral::ReferralCode;
use futures::future::join_all;
use server_core::random::Random;
use services::platform_referrers;
use store::users;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_code_that_was_given_is_never_drawn_again,
    one_code_for_one_of_many,
    a_member_keeps_the_first_code_and_takes_no_other_away,
    each_code_counts_on_its_own_kind_of_site,
);

/// Draws each code twice: `22222222`, `22222222`, `33333333`, `33333333`, …
fn stutter() -> Random {
    let drawn = Arc::new(AtomicU8::new(0));
    Random::from_fn(move |bytes| bytes.fill(drawn.fetch_add(1, Ordering::SeqCst) / 2))
}

async fn a_code_that_was_given_is_never_drawn_again(mut app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "22222222")
        .await;
    app.state.random = stutter();
    let mut codes = Vec::new();
    for name in ["jordan", "sky"] {
        let email = domain::account::Email::parse(&format!("{name}@example.com")).unwrap();
        let platform_referrer = platform_referrers::add(&app.state, None, name, &email).await;
        codes.push(platform_referrer.unwrap().unwrap().code);
    }
    assert_eq!(codes, ["33333333", "44444444"]);
    let max = app.member(&app.detroit, "Max", "max@example.com").await;
    let db = &app.state.db;
    for (code, given) in [("33333333", false), ("44444444", false), ("55555555", true)] {
        let code = ReferralCode::parse(code).unwrap();
        let took = users::give_code(db, app.detroit.id(), max.id, &code).await;
        assert_eq!(took.unwrap(), given, "{code}");
    }
}

async fn one_code_for_one_of_many(app: TestApp) {
    let code = ReferralCode::parse("ab3kx7mn").unwrap();
    let mut members = Vec::new();
    for number in 0..6 {
        let site = if number % 2 == 0 {
            &app.detroit
        } else {
            &app.coaching
        };
        let email = format!("m{number}@example.com");
        members.push(app.member(site, "Mo", &email).await);
    }
    let gives = members.iter().map(|member| {
        let (db, code) = (&app.state.db, &code);
        async move {
            users::give_code(db, member.site_id, member.id, code)
                .await
                .unwrap()
        }
    });
    let given = join_all(gives).await;
    assert_eq!(given.iter().filter(|given| **given).count(), 1, "{given:?}");
}

async fn a_member_keeps_the_first_code_and_takes_no_other_away(app: TestApp) {
    let mia = app
        .referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let (db, site) = (&app.state.db, app.detroit.id());
    let other = ReferralCode::parse("q9wm4t2k").unwrap();
    assert!(users::give_code(db, site, mia.id, &other).await.unwrap());
    let mia = app.find(&app.detroit, "mia@example.com").await.unwrap();
    assert_eq!(mia.referral_code.as_deref(), Some("ab3kx7mn"));
    let max = app
        .referrer(&app.detroit, "max@example.com", "q9wm4t2k")
        .await;
    assert_eq!(
        max.referral_code.as_deref(),
        Some("q9wm4t2k"),
        "was still free"
    );
}

async fn each_code_counts_on_its_own_kind_of_site(app: TestApp) {
    let platform = app.platform().await;
    let members = "ab3kx7mn";
    app.referrer(&app.detroit, "mia@example.com", members).await;
    let platform_referrers = platform.jordan.code.as_str();
    for (host, code, remembered) in [
        ("localhost", members, true),
        ("localhost", platform_referrers, false),
        ("pewpros.localhost", members, false),
        ("pewpros.localhost", platform_referrers, true),
        ("coachpros.localhost", platform_referrers, true),
    ] {
        let page = app.browser_at(host).get(&format!("/?ref={code}")).await;
        assert_eq!(!page.cookies().is_empty(), remembered, "{host} {code}");
    }
}
