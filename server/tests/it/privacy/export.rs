//! A member downloads what the site keeps about them (`docs/rules.md` 100).

use reqwest::Method;
use serde_json::Value;
use store::{notifications, users};

use crate::support::{
    Browser, PASSWORD, Page, TestApp, authenticator::Authenticator, on_both_databases,
};

on_both_databases!(
    with mail:
    a_member_downloads_everything_about_them,
    thousands_of_rows_come_in_parts,
    nobody_elses_data_is_in_it,
);

const API: &str = "/api/v1/me/export";

async fn file(browser: &Browser) -> (Page, Value) {
    let request = browser.request(Method::GET, "/account/export");
    let page = Page::read(request.send().await).await;
    assert_eq!(page.status, 200, "{}", page.text);
    let json = serde_json::from_str(&page.text).unwrap();
    (page, json)
}

fn rows<'a>(file: &'a Value, list: &str) -> &'a Vec<Value> {
    file[list].as_array().unwrap()
}

async fn a_member_downloads_everything_about_them(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    app.settle().await;
    let mia = app.signed_in("mia@example.com").await;
    mia.done("save_mail_preferences", &[("referrals", "on")])
        .await;
    let begun = [("password", PASSWORD)];
    mia.go("begin_second_factor", &begun).await;
    let page = mia.get("/account/second-factor").await;
    let code = Authenticator::scan(&page.text).code(&app);
    mia.done("confirm_second_factor", &[("code", &code)]).await;
    app.run_jobs().await;

    let (page, file) = file(&mia).await;
    assert_eq!(page.header("content-type"), "application/json");
    assert_eq!(page.header("cache-control"), "no-store");
    let disposition = page.header("content-disposition");
    assert!(
        disposition.starts_with("attachment; filename=\"detroit-arms-data-"),
        "{disposition}"
    );
    assert_eq!(file["site"], "Detroit Arms");
    let profile = &file["profile"];
    for (field, value) in [
        ("first_name", "Mia"),
        ("last_name", "Stone"),
        ("email", "mia@example.com"),
        ("date_of_birth", "1985-04-12"),
    ] {
        assert_eq!(profile[field], value);
    }
    assert!(profile["second_factor_since"].is_string());
    assert_eq!(file["mail_preferences"]["referrals"], true);
    assert_eq!(file["referral_code"]["code"], "ab3kx7mn");
    assert_eq!(file["referred_by"], Value::Null);
    assert_eq!(rows(&file, "browsers").len(), 1);
    assert_eq!(rows(&file, "known_devices").len(), 1);
    assert_eq!(file["credit"]["available"]["cents"], 1000);
    assert_eq!(file["credit"]["available"]["currency"], "usd");
    let [referral] = &rows(&file, "referrals")[..] else {
        panic!("{file}");
    };
    assert_eq!(referral["friend"], "Jane D.");
    assert_eq!(referral["status"], "credited");
    let told = &rows(&file, "notifications")[0]["text"];
    assert_eq!(told, "You earned a $10.00 credit from your referral");
    let mails: Vec<_> = rows(&file, "mails").iter().collect();
    let kinds: Vec<_> = mails.iter().map(|mail| mail["kind"].as_str()).collect();
    assert!(kinds.contains(&Some("credit_earned")), "{kinds:?}");
    assert!(
        mails
            .iter()
            .all(|mail| mail["address"] == "mia@example.com")
    );
    assert!(mails.iter().all(|mail| mail["sent_at"].is_string()));
    let signed_in = rows(&file, "security_log").last().unwrap();
    assert_eq!(signed_in["event"], "signed_in_anew");
    assert_eq!(signed_in["network"], "127.0.0.1");
    let at = signed_in["first_at"].as_str().unwrap();
    assert!(at.ends_with('Z') && at.len() == 20, "{at}");

    // The app gets the same document, which fits its description.
    let said = "Mia from the range";
    users::set_referred_by_words(app.state.db.writer(), &referred.jane, said)
        .await
        .unwrap();
    let mut phone = app.phone();
    phone.log_in("jane@example.com").await;
    let janes = phone.get(API).await;
    assert_eq!(janes.status, 200);
    assert_eq!(janes.json["referred_by"]["first_name"], "Mia");
    assert_eq!(janes.json["referred_by_words"], said);
    assert_eq!(rows(&janes.json, "phones").len(), 1);
    let bought = &rows(&janes.json, "purchases")[0];
    assert_eq!(
        (&bought["paid"]["cents"], &bought["in_person"]),
        (&4500.into(), &true.into())
    );
    assert_eq!(app.phone().get(API).await.status, 401);
}

async fn thousands_of_rows_come_in_parts(app: TestApp) {
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    let (db, now) = (app.state.db.writer(), app.state.now());
    const MANY: usize = 1_201;
    for number in 0..MANY {
        let text = format!("Number {number}");
        let written = notifications::insert(db, mia.site_id, mia.id, None, &text, now);
        written.await.unwrap();
    }
    let browser = app.signed_in("mia@example.com").await;
    let (_, file) = file(&browser).await;
    let texts = rows(&file, "notifications").iter();
    let texts: Vec<_> = texts.map(|row| row["text"].as_str().unwrap()).collect();
    let expected: Vec<_> = (0..MANY).rev().map(|n| format!("Number {n}")).collect();
    assert_eq!(texts, expected, "each once, newest first");
    assert_eq!(rows(&file, "purchases").len(), 0);
}

async fn nobody_elses_data_is_in_it(app: TestApp) {
    let referred = app.referred().await;
    app.sell(&referred).await;
    app.run_jobs().await;
    let dana = app.detroit_admin().await;
    dana.get("/admin/members").await;
    let mia = app.signed_in("mia@example.com").await;
    app.run_jobs().await;
    let (page, _) = file(&mia).await;
    for other in ["Doe", "jane@example.com", "dana@example.com", "1990-01-15"] {
        assert!(!page.text.contains(other), "{other} in {}", page.text);
    }
    // Nobody gets it without being signed in.
    let visitor = app.browser().get("/account/export").await;
    assert_eq!(visitor.status, 303);
    assert!(visitor.header("location").starts_with("/sign-in"));
}
