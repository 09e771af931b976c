//! Which of several links counts, in both programs, and when the first one gives way.

use std::time::Duration;

use domain::referral::AttributionModel;
use store::{MemberId, Scope, platform_referrers, platform_settings, terms, users};

use super::{MIAS, referrer_after_registration};
use crate::support::{Browser, Platform, TestApp, on_both_databases};

on_both_databases!(
    of_several_links_the_first_counts,
    of_several_codes_in_one_link_the_first_counts,
    a_site_may_let_the_last_count,
    a_code_that_does_not_count_takes_no_place,
    the_first_gives_way_when_its_owner_is_blocked,
    the_first_gives_way_when_it_is_forgotten,
    at_a_brand_the_first_counts_until_it_is_disabled,
    a_brand_may_let_the_last_count,
    another_link_does_not_change_what_was_begun,
    an_admin_sets_which_link_counts,
    who_runs_the_platform_sets_it_there,
);

const MAXS: &str = "q9wm4t2k";
const TAB: &str = "/admin/settings?tab=rewards";

/// Mia and Max, who both share a link of Detroit's.
async fn mia_and_max(app: &TestApp) -> (MemberId, MemberId) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    let max = app.referrer(&app.detroit, "max@example.com", MAXS).await.id;
    (mia, max)
}

impl TestApp {
    /// Lets the last click count on Detroit's site.
    async fn let_the_last_count(&self) {
        let settings = self.site().await.settings;
        let mut last = settings.terms().unwrap();
        last.attribution = AttributionModel::LastClick;
        let (db, scope) = (self.state.db.writer(), Scope::Site(self.detroit.id()));
        let saved = terms::save(db, scope, settings.terms_version, &last).await;
        assert!(saved.unwrap());
    }
}

async fn of_several_links_the_first_counts(app: TestApp) {
    let (mia, _) = mia_and_max(&app).await;
    let friend = app.browser();
    for path in [
        "/?ref=nonsense",
        "/?ref=zzzzzzzz",
        "/?ref=ab3kx7mn",
        "/events?ref=q9wm4t2k",
        "/?ref=zzzzzzzz",
    ] {
        friend.get(path).await;
    }
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(mia));
}

async fn of_several_codes_in_one_link_the_first_counts(app: TestApp) {
    let (mia, _) = mia_and_max(&app).await;
    let friend = app.browser();
    friend
        .get("/?ref=zzzzzzzz&ref=&ref=ab3kx7mn&ref=q9wm4t2k")
        .await;
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(mia));
}

async fn a_site_may_let_the_last_count(app: TestApp) {
    let (mia, max) = mia_and_max(&app).await;
    app.let_the_last_count().await;
    let friend = app.browser();
    friend.get("/?ref=ab3kx7mn").await;
    friend.get("/events?ref=q9wm4t2k").await;
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(max));
    let friend = app.browser();
    friend
        .get("/?ref=q9wm4t2k&ref=ab3kx7mn&ref=&ref=zzzzzzzz")
        .await;
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(mia));
}

async fn a_code_that_does_not_count_takes_no_place(app: TestApp) {
    let (mia, _) = mia_and_max(&app).await;
    app.let_the_last_count().await;
    let friend = app.browser();
    for path in ["/?ref=ab3kx7mn", "/?ref=nonsense", "/?ref=zzzzzzzz"] {
        friend.get(path).await;
    }
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(mia));
}

async fn the_first_gives_way_when_its_owner_is_blocked(app: TestApp) {
    let (mia, max) = mia_and_max(&app).await;
    let friend = app.browser();
    friend.get("/?ref=ab3kx7mn").await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    let blocked = users::by_id(db, app.detroit.id(), mia).await.unwrap();
    users::set_blocked(db, &blocked.unwrap(), Some(now))
        .await
        .unwrap();
    friend.get("/?ref=q9wm4t2k").await;
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(max));
}

async fn the_first_gives_way_when_it_is_forgotten(app: TestApp) {
    let (_, max) = mia_and_max(&app).await;
    let friend = app.browser();
    friend.get("/?ref=ab3kx7mn").await;
    app.advance(Duration::from_secs(15 * 24 * 60 * 60));
    friend.get("/?ref=q9wm4t2k").await;
    assert_eq!(referrer_after_registration(&app, &friend).await, Some(max));
}

/// The code that the next page of Stripe's carries.
async fn carried(app: &TestApp, browser: &Browser, plan: &str) -> String {
    browser.get_started(plan).await;
    let session = app.platform_objects("sessions").pop().unwrap();
    let code = &session["metadata"]["referral_code"];
    code.as_str().unwrap_or_default().to_owned()
}

/// Two platform referrers' codes, and a prospect who clicked the first one's link and then the other's.
async fn clicked_two(app: &TestApp) -> (Platform, [String; 2], Browser) {
    let platform = app.platform().await;
    let riley = app.platform_referrer("Riley Park", "riley@example.com");
    let codes = [platform.jordan.code.clone(), riley.await.code];
    app.leave_jobs();
    let browser = app.browser_at("pewpros.localhost");
    for code in &codes {
        browser.get(&format!("/pricing?ref={code}")).await;
    }
    (platform, codes, browser)
}

async fn at_a_brand_the_first_counts_until_it_is_disabled(app: TestApp) {
    let (platform, [jordans, rileys], browser) = clicked_two(&app).await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    let other = app.browser_at("coachpros.localhost");
    other.get(&format!("/?ref={jordans}")).await;
    assert_eq!(carried(&app, &browser, "annual").await, jordans);

    platform_referrers::set_disabled(db, &platform.jordan, Some(now))
        .await
        .unwrap();
    other.get(&format!("/?ref={rileys}")).await;
    assert_eq!(carried(&app, &other, "annual").await, rileys);
}

async fn a_brand_may_let_the_last_count(app: TestApp) {
    let platform = app.platform().await;
    let settings = platform_settings::get(app.state.db.reader()).await.unwrap();
    let mut last = settings.terms().unwrap();
    last.attribution = AttributionModel::LastClick;
    let (db, version) = (app.state.db.writer(), settings.terms_version);
    let saved = terms::save(db, Scope::Platform, version, &last).await;
    assert!(saved.unwrap());
    let riley = app.platform_referrer("Riley Park", "riley@example.com");
    let rileys = riley.await.code;
    app.leave_jobs();
    let browser = app.browser_at("pewpros.localhost");
    browser
        .get(&format!("/pricing?ref={}", platform.jordan.code))
        .await;
    browser.get(&format!("/pricing?ref={rileys}")).await;
    assert_eq!(carried(&app, &browser, "annual").await, rileys);
    browser
        .get(&format!("/pricing?ref={}", platform.jordan.code))
        .await;
    let jordans = platform.jordan.code.as_str();
    assert_eq!(carried(&app, &browser, "monthly").await, jordans);
}

/// The code of the page of Stripe's that is open was clicked first.
async fn another_link_does_not_change_what_was_begun(app: TestApp) {
    let (platform, [jordans, rileys], browser) = clicked_two(&app).await;
    assert_eq!(carried(&app, &browser, "annual").await, jordans);
    browser.get(&format!("/pricing?ref={rileys}")).await;
    assert_eq!(carried(&app, &browser, "monthly").await, jordans);

    let (db, now) = (app.state.db.writer(), app.state.now());
    platform_referrers::set_disabled(db, &platform.jordan, Some(now))
        .await
        .unwrap();
    browser.get(&format!("/pricing?ref={rileys}")).await;
    assert_eq!(carried(&app, &browser, "annual").await, rileys);
}

fn form<'a>(
    program: &'a str,
    attribution: &'a str,
    version: &'a str,
) -> [(&'static str, &'a str); 3] {
    [
        ("program", program),
        ("attribution", attribution),
        ("version", version),
    ]
}

async fn an_admin_sets_which_link_counts(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = dana.get(TAB).await.text;
    assert!(page.contains("Which link counts"), "{page}");
    dana.done("save_terms", &form("tenant", "last_click", "1"))
        .await;
    let settings = app.site().await.settings;
    assert_eq!(settings.attribution_model, AttributionModel::LastClick);
    let traces = app.audit_rows().await;
    assert_eq!(traces.len(), 1, "{traces:?}");
    assert_eq!(traces[0].field, "Link that counts");
    assert_eq!(traces[0].old_value.as_deref(), Some("The first one"));
    assert_eq!(traces[0].new_value.as_deref(), Some("The last one"));
    // A form from before that, and what is no choice.
    let stale = dana
        .refused("save_terms", &form("tenant", "first_click", "1"))
        .await;
    assert!(stale.message.unwrap().contains("The last one"));
    let refusal = dana
        .refused("save_terms", &form("tenant", "linear", "2"))
        .await;
    assert_eq!(
        refusal.about("attribution"),
        Some("Choose which link counts.")
    );
    dana.done("save_terms", &form("tenant", "first_click", "2"))
        .await;
    let settings = app.site().await.settings;
    assert_eq!(settings.attribution_model, AttributionModel::FirstClick);
}

async fn who_runs_the_platform_sets_it_there(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    pat.done("save_terms", &form("platform", "last_click", "1"))
        .await;
    let settings = platform_settings::get(app.state.db.reader()).await.unwrap();
    assert_eq!(settings.attribution_model, AttributionModel::LastClick);
    let settings = app.site().await.settings;
    assert_eq!(settings.attribution_model, AttributionModel::FirstClick);
}
