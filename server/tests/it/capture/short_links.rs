//! `/r/{code}`, which leads to the page that takes the code.

use reqwest::Method;

use super::{MIAS, referrer_after_registration};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_members_short_link_leads_home_and_counts,
    a_platform_referrers_short_link_leads_to_the_plans,
    what_is_no_code_leads_there_too,
    who_only_looks_gets_a_page,
);

async fn a_members_short_link_leads_home_and_counts(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    for (path, to) in [
        ("/r/ab3kx7mn", "/?ref=ab3kx7mn"),
        ("/r/AB3K-X7MN.", "/?ref=ab3kx7mn"),
        ("/r/ab3kx7mn?utm_source=x", "/?ref=ab3kx7mn&utm_source=x"),
    ] {
        let friend = app.browser();
        let answer = friend.get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(answer.header("location"), to, "{path}");
        assert_eq!(friend.get(to).await.status, 200);
        let referrer = referrer_after_registration(&app, &friend).await;
        assert_eq!(referrer, Some(mia), "{path}");
    }
}

async fn a_platform_referrers_short_link_leads_to_the_plans(app: TestApp) {
    let platform = app.platform().await;
    let code = &platform.jordan.code;
    let prospect = app.browser_at("coachpros.localhost");
    let answer = prospect.get(&format!("/r/{code}")).await;
    let to = format!("/pricing?ref={code}");
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, &*to)
    );
    prospect.get(&to).await;
    prospect.get_started("annual").await;
    let session = app.platform_objects("sessions").pop().unwrap();
    assert_eq!(session["metadata"]["referral_code"], code.as_str());
}

async fn what_is_no_code_leads_there_too(app: TestApp) {
    for path in [
        "/r/nonsense!",
        "/r/%00",
        "/r/%ff",
        "/r/ab3kx7mnp",
        "/r/%0d%0aSet-Cookie:x=y",
    ] {
        let answer = app.browser().get(path).await;
        assert_eq!(answer.status, 303, "{path}");
        assert_eq!(answer.header("location"), "/", "{path}");
        assert!(answer.cookies().is_empty(), "{path}");
    }
    // Nobody learns which codes exist.
    let answer = app.browser().get("/r/zzzzzzzz").await;
    assert_eq!(answer.header("location"), "/?ref=zzzzzzzz");
}

/// A program that makes a preview follows the redirect, and asks with HEAD or GET.
async fn who_only_looks_gets_a_page(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let preview = app.browser();
    for method in [Method::HEAD, Method::GET] {
        let answer = preview.request(method.clone(), "/r/ab3kx7mn");
        assert_eq!(answer.send().await.unwrap().status(), 303, "{method}");
        let page = preview.request(method.clone(), "/?ref=ab3kx7mn");
        assert_eq!(page.send().await.unwrap().status(), 200, "{method}");
    }
}
