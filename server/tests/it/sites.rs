//! Several hosts of a site, and what the command line does with sites.

use reqwest::Method;
use sea_orm::ConnectionTrait;
use services::{
    mail::unsubscribe::ONE_CLICK,
    operator::sites::{SiteChange, add_host, list, remove_host, set, set_canonical},
};
use store::{site_hosts, sites};

use crate::support::{Browser, CODE, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(
    another_host_leads_to_the_canonical_one,
    a_referral_link_at_another_host_counts,
    what_other_programs_call_answers_at_every_host,
    links_name_the_canonical_host,
    one_host_is_canonical,
    a_host_is_one_in_every_spelling,
    the_canonical_and_the_last_host_stay,
    sites_are_listed_with_their_hosts,
    what_a_site_says_of_itself_is_set,
    hosts_and_changes_leave_a_trace,
);

const DETROIT: &str = "detroit-arms";
const WWW: &str = "www.localhost";

async fn with_www(app: &TestApp) -> Browser {
    add_host(&app.state, DETROIT, WWW, false).await.unwrap();
    app.browser_at(WWW)
}

async fn hosts(app: &TestApp) -> Vec<(String, bool)> {
    let rows = site_hosts::of(app.state.db.reader(), app.detroit.id()).await;
    let rows = rows.unwrap().into_iter();
    rows.map(|row| (row.host, row.canonical)).collect()
}

fn refused<T>(result: anyhow::Result<T>) -> String {
    result.err().unwrap().to_string()
}

async fn another_host_leads_to_the_canonical_one(app: TestApp) {
    let www = with_www(&app).await;
    let root = format!("http://localhost:{}", app.address.port());
    for address in [
        "/",
        "/?ref=ab3kx7mn",
        "/events?ref=AB3KX7MN&x=%zz%20+&&y=a/b?c",
        "//evil.example/a%2Cb",
        "/no-such-page",
        "/rpc/no_such_function",
    ] {
        for method in [Method::GET, Method::HEAD, Method::POST] {
            let answer = www.request(method.clone(), address).send().await.unwrap();
            assert_eq!(answer.status(), 308, "{method} {address}");
            let headers = answer.headers();
            assert_eq!(headers["location"], format!("{root}{address}").as_str());
            assert_eq!(headers["cache-control"], "no-store", "it may change");
            assert!(!headers.contains_key("set-cookie"), "{address}");
        }
    }
    assert_eq!(app.browser().get("/").await.status, 200);
    assert_eq!(app.browser_at("no.localhost").get("/").await.status, 404);
}

async fn a_referral_link_at_another_host_counts(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let www = with_www(&app).await;
    let answer = www.get(&format!("/?ref={CODE}")).await;
    let to = answer.header("location").to_owned();
    let browser = app.browser();
    let path = to.strip_prefix(&browser.origin).unwrap();
    assert_eq!(browser.get(path).await.status, 200);
    browser.go("register", &crate::support::GOOD_FORM).await;
    let jane = app.find(&app.detroit, "jane@example.com").await.unwrap();
    assert_eq!(jane.referred_by_user_id, Some(mia.id));
}

async fn what_other_programs_call_answers_at_every_host(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let webhook = app
        .connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    let www = with_www(&app).await;
    let mut phone = app.phone_at(WWW);
    phone.log_in("mia@example.com").await;
    let link = phone.order("/api/v1/me/referral-link");
    let link = link.await.text("link");
    let root = format!("http://localhost:{}", app.address.port());
    assert_eq!(
        link,
        format!("{root}?ref={CODE}"),
        "links name the canonical host"
    );
    for path in ["/healthz", "/readyz", "/robots.txt"] {
        assert_eq!(www.get(path).await.status, 200, "{path}");
    }
    let unsigned = www.request(Method::POST, &webhook).body("{}");
    assert_eq!(
        unsigned.send().await.unwrap().status(),
        400,
        "Stripe is heard"
    );
    // A mail program follows no redirect (RFC 8058, 3.1).
    let one_click = www.request(Method::POST, ONE_CLICK).send().await.unwrap();
    assert_eq!(one_click.status(), 404, "the link is not genuine");
}

async fn links_name_the_canonical_host(app: TestApp) {
    let done = add_host(&app.state, DETROIT, WWW, true).await.unwrap();
    assert_eq!(done, "Added www.localhost. localhost leads to it.");
    let base = app
        .state
        .base_url(app.state.db.reader(), app.detroit.id())
        .await
        .unwrap();
    let root = format!("http://{WWW}:{}", app.address.port());
    assert_eq!(base, root);
    let answer = app.browser().get("/?ref=ab3kx7mn").await;
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("location"), format!("{root}/?ref=ab3kx7mn"));
    assert_eq!(app.browser_at(WWW).get("/").await.status, 200);
    set_canonical(&app.state, DETROIT, "localhost")
        .await
        .unwrap();
    assert_eq!(app.browser().get("/").await.status, 200, "and back");
    assert_eq!(app.browser_at(WWW).get("/").await.status, 308);
    // A brand's links, too.
    let platform = app.platform().await;
    add_host(&app.state, "pewpros", "a.localhost", false)
        .await
        .unwrap();
    let brands = sites::brands(app.state.db.reader()).await.unwrap();
    assert_eq!(brands[0].0.id, platform.pewpros.id());
    assert_eq!(brands[0].1, "pewpros.localhost", "not the first by name");
}

async fn one_host_is_canonical(app: TestApp) {
    with_www(&app).await;
    let two = format!("UPDATE site_hosts SET canonical = true WHERE host = '{WWW}'");
    let db = app.state.db.writer();
    assert!(
        db.execute_unprepared(&two).await.is_err(),
        "the database allows one"
    );
    // As the version before adds a site, which knows of no canonical host.
    let none = "UPDATE site_hosts SET canonical = false";
    db.execute_unprepared(none).await.unwrap();
    assert_eq!(
        app.browser().get("/").await.status,
        200,
        "the first by name"
    );
    assert_eq!(app.browser_at(WWW).get("/").await.status, 308);
    set_canonical(&app.state, DETROIT, WWW).await.unwrap();
    assert_eq!(
        hosts(&app).await,
        [(WWW.to_owned(), true), ("localhost".to_owned(), false)]
    );
}

async fn a_host_is_one_in_every_spelling(app: TestApp) {
    add_host(&app.state, DETROIT, " BÜCHER.localhost. ", false)
        .await
        .unwrap();
    let answer = app.browser_at("xn--bcher-kva.localhost").get("/").await;
    assert_eq!(answer.status, 308);
    for taken in ["xn--bcher-kva.localhost", "bücher.localhost", "LOCALHOST"] {
        let why = refused(add_host(&app.state, "motor-city-coaching", taken, false).await);
        assert!(why.contains("detroit-arms answers at"), "{taken}: {why}");
    }
    for bad in [
        "",
        "https://a.localhost",
        "a.localhost:443",
        "a.localhost/x",
        "a b",
    ] {
        let why = refused(add_host(&app.state, DETROIT, bad, false).await);
        assert!(why.starts_with("--host: "), "{bad}: {why}");
    }
    assert!(refused(add_host(&app.state, "nobody", "a.localhost", false).await).contains("--site"));
}

async fn the_canonical_and_the_last_host_stay(app: TestApp) {
    let why = refused(remove_host(&app.state, DETROIT, "localhost").await);
    assert!(
        why.contains("only host") && why.contains("site host add --canonical"),
        "{why}"
    );
    with_www(&app).await;
    let why = refused(remove_host(&app.state, DETROIT, "LocalHost").await);
    assert!(
        why.contains("canonical host") && why.contains("site host canonical"),
        "{why}"
    );
    let why = refused(remove_host(&app.state, DETROIT, "coaching.localhost").await);
    assert!(why.contains("it has localhost, www.localhost"), "{why}");
    let why = refused(set_canonical(&app.state, DETROIT, "coaching.localhost").await);
    assert!(why.contains("no host coaching.localhost"), "{why}");
    let done = remove_host(&app.state, DETROIT, WWW).await.unwrap();
    assert_eq!(done, "Removed www.localhost. No site answers there.");
    assert_eq!(app.browser_at(WWW).get("/").await.status, 404);
    assert_eq!(
        app.browser_at("coaching.localhost").get("/").await.status,
        200
    );
}

async fn sites_are_listed_with_their_hosts(app: TestApp) {
    with_www(&app).await;
    let lines: Vec<_> = list(&app.state)
        .await
        .unwrap()
        .iter()
        .map(|site| site.line())
        .collect();
    assert_eq!(
        lines,
        [
            "detroit-arms: Detroit Arms, a tenant's site, at localhost, also at www.localhost, in UTC.",
            "motor-city-coaching: Motor City Coaching, a tenant's site, at coaching.localhost, in UTC.",
        ]
    );
}

async fn what_a_site_says_of_itself_is_set(app: TestApp) {
    let change = SiteChange {
        name: Some("Detroit Range".to_owned()),
        time_zone: Some("america/detroit".to_owned()),
        accent: Some("#B4451F".to_owned()),
        address: Some("1 Main St\nDetroit, MI 48201".to_owned()),
        ..SiteChange::default()
    };
    let changed = set(&app.state, DETROIT, change).await.unwrap();
    assert_eq!(changed, ["Name", "Accent", "Time zone", "Address"]);
    let page = app.browser().get("/").await.text;
    for shown in [
        "Detroit Range",
        "1 Main St",
        "Times are in America/Detroit.",
        "accent.css?b4451f",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    assert!(
        page.contains("Detroit Arms is here for you."),
        "the tagline stays"
    );
    let again = SiteChange {
        name: Some("Detroit Range".to_owned()),
        ..SiteChange::default()
    };
    assert!(set(&app.state, DETROIT, again).await.unwrap().is_empty());
    let bad = SiteChange {
        accent: Some("#ffff00".to_owned()),
        time_zone: Some("Detroit".to_owned()),
        support_email: Some("nobody".to_owned()),
        ..SiteChange::default()
    };
    let why = refused(set(&app.state, DETROIT, bad).await);
    for flag in ["--accent: ", "--time-zone: ", "--support-email: "] {
        assert!(why.contains(flag), "{flag} in {why}");
    }
    let picture = SiteChange {
        logo: Some(b"<svg/>".to_vec()),
        ..SiteChange::default()
    };
    assert!(refused(set(&app.state, DETROIT, picture).await).contains("--logo: "));
}

async fn hosts_and_changes_leave_a_trace(app: TestApp) {
    add_host(&app.state, DETROIT, WWW, true).await.unwrap();
    remove_host(&app.state, DETROIT, "localhost").await.unwrap();
    let change = SiteChange {
        tagline: Some(String::new()),
        ..SiteChange::default()
    };
    set(&app.state, DETROIT, change).await.unwrap();
    let rows = app.audit_rows().await.into_iter();
    let rows: Vec<_> = rows
        .map(|row| (row.subject, row.field, row.old_value, row.new_value))
        .collect();
    let of = |subject: &str, field: &str, old: Option<&str>, new: Option<&str>| {
        let text = |value: Option<&str>| value.map(str::to_owned);
        (subject.to_owned(), field.to_owned(), text(old), text(new))
    };
    let tagline = Some("Detroit Arms is here for you.");
    assert_eq!(
        rows,
        [
            of("Site", "Host", None, Some(WWW)),
            of("Site", "Canonical host", Some("localhost"), Some(WWW)),
            of("Site", "Host", Some("localhost"), None),
            of("General settings", "Tagline", tagline, None),
        ]
    );
}
