//! On which channels friends come (`docs/rules.md` 196 and 197).

use domain::sharing::Channel;
use reqwest::{
    Method,
    header::{ACCEPT, HeaderName, USER_AGENT},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::json;
use store::{
    entities::{referral, referral_click},
    referral_clicks,
};

use super::CODE;
use crate::{
    api::{REGISTER, body_with},
    support::{Browser, Explained, GOOD_FORM, PASSWORD, TestApp, on_both_databases},
};

on_both_databases!(
    clicks_are_counted_and_written_as_sums,
    a_registration_keeps_the_channel,
    a_link_that_a_program_mangled_says_its_channel,
    a_pasted_link_keeps_its_channel,
    who_only_looks_is_not_counted,
    what_cannot_be_written_waits,
);

const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Opens a page as a person does.
async fn open(browser: &Browser, path: &str) {
    let request = browser.request(Method::GET, path);
    let request = request.header(ACCEPT, "text/html");
    let answer = request.header(USER_AGENT, FIREFOX).send().await.unwrap();
    assert!(answer.status().is_success(), "{path}");
}

/// What is written, by channel.
async fn sums(app: &TestApp) -> Vec<(Channel, i64)> {
    let rows = referral_click::Entity::find();
    let rows = rows.all(app.state.db.reader()).await.unwrap().into_iter();
    let mut sums: Vec<_> = rows.map(|row| (*row.channel, row.clicks)).collect();
    sums.sort();
    sums
}

async fn flushed(app: &TestApp) -> Vec<(Channel, i64)> {
    app.state.referral_clicks.flush(&app.state).await.unwrap();
    sums(app).await
}

async fn clicks_are_counted_and_written_as_sums(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let friend = app.browser();
    for path in [
        "/?ref=ab3kx7mn&via=qr",
        // The same link again in the same browser, on another page and by another way.
        "/events?ref=ab3kx7mn&via=qr",
        "/?ref=ab3kx7mn&via=sms",
    ] {
        open(&friend, path).await;
    }
    assert_eq!(sums(&app).await, [], "a page that is opened writes nothing");
    assert_eq!(flushed(&app).await, [(Channel::Qr, 1)]);
    assert_eq!(flushed(&app).await, [(Channel::Qr, 1)], "once");
    for path in [
        "/?ref=ab3kx7mn&via=qr",
        "/?ref=ab3kx7mn&via=qr",
        "/?ref=ab3kx7mn",
        "/?ref=ab3kx7mn&via=fax",
        "/?ref=zzzzzzzz&via=qr",
    ] {
        open(&app.browser(), path).await;
    }
    // A short link keeps it.
    let short = app.browser();
    let answer = short.get("/r/ab3kx7mn?via=whatsapp").await;
    open(&short, answer.header("location")).await;
    let counted = [(Channel::Link, 2), (Channel::WhatsApp, 1), (Channel::Qr, 3)];
    assert_eq!(flushed(&app).await, counted);

    // The member reads it, and has it in the file; a deleted account leaves none of it.
    let browser = app.signed_in("mia@example.com").await;
    let page = browser.get("/share").await.text;
    for shown in ["6 clicks, 0 joined", "3 clicks, 0 joined", "WhatsApp"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    let file = browser.get("/account/export").await.text;
    let expected = r#"{"channel":"qr","clicks":3,"joined":0}"#;
    assert!(file.contains(expected), "{file}");
    open(&app.browser(), "/?ref=ab3kx7mn").await;
    browser
        .go("delete_account", &[("password", PASSWORD)])
        .await;
    let written = flushed(&app).await;
    assert_eq!(written, counted, "nor what was not written yet");
    app.run_jobs().await;
    assert_eq!(flushed(&app).await, []);
}

async fn a_registration_keeps_the_channel(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let friend = app.browser();
    open(&friend, "/?ref=ab3kx7mn&via=mail").await;
    friend.go("register", &GOOD_FORM).await;
    let referral = app.referral().await;
    assert_eq!(referral.via.as_deref(), Some(&Channel::Mail));
    assert_eq!(flushed(&app).await, [(Channel::Mail, 1)]);
    // The referrer reads how many joined, and the console on which channel.
    let mia = app.signed_in("mia@example.com").await;
    let page = mia.get("/share").await.text;
    assert!(page.contains("1 click, 1 joined"), "{page}");
    let story = format!("/admin/referrals/tenant/{}", referral.id);
    let told = app.detroit_admin().await.get(&story).await.text;
    let (_, clicked) = told.split_once("Clicked the link").unwrap();
    let (clicked, _) = clicked.split_once("Registered").unwrap();
    assert!(clicked.contains("Email"), "{clicked}");
    // However many there are.
    let (site, referrer) = (referral.site_id, referral.referrer_id);
    let db = Explained::begin(&app).await;
    let clicks = referral_clicks::of_referrer(&db, site, referrer).await;
    assert_eq!(clicks.unwrap(), [(Channel::Mail, 1)]);
    db.assert_reads(&["ux_referral_clicks_site_id_referrer_id_channel_day"]);
    let days = referral_clicks::days(&db, site, referrer).await.unwrap();
    assert!(days.is_some_and(|(first, last)| first == last));
    db.assert_reads(&["ux_referral_clicks_site_id_referrer_id_channel_day"]);
    let joined = referral_clicks::joined(&db, site, referrer).await;
    assert_eq!(joined.unwrap(), [(Channel::Mail, 1)]);
    db.assert_reads(&["ix_referrals_referrer_id_id"]);
}

/// The channel of the referral of the member with this address.
async fn via_of(app: &TestApp, email: &str) -> Option<Channel> {
    let friend = app.find(&app.detroit, email).await.unwrap();
    let row = referral::Entity::find().filter(referral::Column::ReferredId.eq(friend.id));
    let row = row.one(app.state.db.reader()).await.unwrap();
    row.expect("a referral").via.as_deref().copied()
}

async fn a_link_that_a_program_mangled_says_its_channel(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    for path in [
        "/?ref=ab3kx7mn&amp;via=sms",
        "/?ref=ab3kx7mn&via=sms.",
        "/?REF=AB3KX7MN&VIA=SMS",
    ] {
        open(&app.browser(), path).await;
    }
    let short = app.browser();
    let answer = short.get("/r/ab3kx7mn?via=sms).").await;
    open(&short, answer.header("location")).await;
    assert_eq!(flushed(&app).await, [(Channel::Sms, 4)]);
}

async fn a_pasted_link_keeps_its_channel(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    for (number, (pasted, via)) in [
        (
            "Join me: https://detroitarms.com?ref=ab3kx7mn&via=mail.",
            Some(Channel::Mail),
        ),
        (
            "<https://detroitarms.com?ref=ab3kx7mn&amp;via=whatsapp>",
            Some(Channel::WhatsApp),
        ),
        (
            "https://detroitarms.com/events?ref=ab3kx7mn&via=fax",
            Some(Channel::Link),
        ),
        // No link was clicked or pasted.
        ("AB3K-X7MN", None),
    ]
    .into_iter()
    .enumerate()
    {
        let email = format!("web{number}@example.com");
        let mut form: Vec<_> = GOOD_FORM
            .into_iter()
            .filter(|(name, _)| *name != "email")
            .collect();
        form.extend([("email", email.as_str()), ("referred_by", pasted)]);
        assert_eq!(
            app.browser().go("register", &form).await,
            "/dashboard",
            "{pasted}"
        );
        assert_eq!(via_of(&app, &email).await, via, "{pasted}");
        let email = format!("app{number}@example.com");
        let mut body = body_with("referral_code", json!(pasted));
        body["email"] = json!(email);
        assert_eq!(
            app.phone().post(REGISTER, &body).await.status,
            201,
            "{pasted}"
        );
        assert_eq!(via_of(&app, &email).await, via, "{pasted}");
    }
}

async fn who_only_looks_is_not_counted(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    app.member(&app.detroit, "Max", "max@example.com").await;
    let link = "/?ref=ab3kx7mn&via=qr";
    let purpose = HeaderName::from_static("sec-purpose");
    for (method, program, ahead) in [
        (
            Method::GET,
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            None,
        ),
        (Method::GET, "WhatsApp/2.23.20.0", None),
        (Method::HEAD, FIREFOX, None),
        (Method::GET, FIREFOX, Some("prefetch")),
    ] {
        let browser = app.browser();
        let mut request = browser.request(method, link).header(USER_AGENT, program);
        if let Some(ahead) = ahead {
            request = request.header(&purpose, ahead);
        }
        assert!(request.send().await.unwrap().status().is_success());
    }
    // Nor is a member, who is no friend to come.
    open(&app.signed_in("max@example.com").await, link).await;
    // A program without a name, as our own tests are.
    app.browser().get(link).await;
    assert_eq!(flushed(&app).await, []);
}

async fn what_cannot_be_written_waits(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    open(&app.browser(), "/?ref=ab3kx7mn").await;
    let rename = async |from: &str, to: &str| {
        let sql = format!("ALTER TABLE {from} RENAME TO {to}");
        let db = app.state.db.writer();
        db.execute_unprepared(&sql).await.unwrap();
    };
    rename("referral_clicks", "away").await;
    let failed = app.state.referral_clicks.flush(&app.state).await;
    assert!(failed.is_err());
    open(&app.browser(), "/?ref=ab3kx7mn").await;
    rename("away", "referral_clicks").await;
    assert_eq!(flushed(&app).await, [(Channel::Link, 2)]);
}
