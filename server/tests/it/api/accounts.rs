//! Registering, signing in and signing out with the mobile app.

use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::entities::{api_token, referral, user};

use super::{LOGIN, LOGOUT, ME, REGISTER, body_with, body_without, guides_body};
use crate::support::{PASSWORD, TestApp, on_both_databases};

on_both_databases!(
    a_bad_code_never_fails_a_registration,
    ten_at_once_with_one_email_make_one_member,
    a_token_is_never_kept,
);

async fn a_bad_code_never_fails_a_registration(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    app.referrer(&app.coaching, "rosa@example.com", "q9wm4t2k")
        .await;
    let unknown = json!({ "status": "ignored", "reason": "unknown_code" });
    let none = json!({ "status": "none", "reason": null });
    for (number, (code, referral)) in [
        (json!("zzzzzzzz"), &unknown),
        (json!("q9wm4t2k"), &unknown),
        (json!("ab3kx7m0"), &unknown),
        // A Cyrillic letter that looks the same, and full-width letters.
        (json!("\u{430}b3kx7mn"), &unknown),
        (json!("ａｂ３ｋｘ７ｍｎ"), &unknown),
        (json!("a".repeat(5_000)), &unknown),
        (json!("\u{0}"), &unknown),
        (json!("'; DROP TABLE users; --"), &unknown),
        (json!(12_345_678), &unknown),
        (json!(["ab3kx7mn"]), &unknown),
        (json!({ "code": "ab3kx7mn" }), &unknown),
        (json!(true), &unknown),
        (json!(""), &none),
        (json!("  "), &none),
        (Value::Null, &none),
        (
            json!("http://localhost?ref=ab3kx7mn"),
            &json!({ "status": "linked", "reason": null }),
        ),
        (
            json!(" AB3KX7MN "),
            &json!({ "status": "linked", "reason": null }),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = body_with("referral_code", code.clone());
        body["email"] = json!(format!("friend{number}@example.com"));
        let response = app.phone().post(REGISTER, &body).await;
        assert_eq!(response.status, 201, "{code}: {response:?}");
        assert_eq!(&response.json["referral"], referral, "{code}");
    }
    let response = app
        .phone()
        .post(REGISTER, &body_without("referral_code"))
        .await;
    assert_eq!(response.json["referral"], none);
    let mut own = guides_body();
    own["email"] = json!("Mia+phone@example.com");
    let response = app.phone().post(REGISTER, &own).await;
    assert_eq!(
        response.json["referral"],
        json!({ "status": "ignored", "reason": "self_referral" })
    );
    let referrals = referral::Entity::find().count(app.state.db.reader()).await;
    assert_eq!(referrals.unwrap(), 2);
}

async fn ten_at_once_with_one_email_make_one_member(app: TestApp) {
    let phone = app.phone();
    let bodies: Vec<_> = (0..10).map(|_| guides_body()).collect();
    let calls = bodies.iter().map(|body| phone.post(REGISTER, body));
    let mut statuses: Vec<_> = futures::future::join_all(calls)
        .await
        .iter()
        .map(|response| response.status)
        .collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [vec![201], vec![409; 9]].concat());
    let db = app.state.db.reader();
    assert_eq!(user::Entity::find().count(db).await.unwrap(), 1);
    assert_eq!(api_token::Entity::find().count(db).await.unwrap(), 1);
}

async fn a_token_is_never_kept(app: TestApp) {
    let response = app.phone().post(REGISTER, &guides_body()).await;
    let token = response.text("token");
    let random = token.strip_prefix("pewpros_").unwrap();
    assert_eq!(random.len(), 64, "256 bits");
    let rows = api_token::Entity::find().all(app.state.db.reader()).await;
    let row = rows.unwrap().remove(0);
    assert!(!row.hash.contains(random), "the token is not what is kept");
    assert_eq!(row.hash, hex::encode(Sha256::digest(&token)));
}

#[tokio::test]
async fn a_taken_email_tells_no_more_than_the_web_form() {
    let app = TestApp::spawn().await;
    app.member(&app.detroit, "Jane", "friend@example.com").await;
    let response = app.phone().post(REGISTER, &guides_body()).await;
    response.assert_problem(409, "email-taken");
    assert_eq!(response.fields(), ["email"]);
    let web = app
        .browser()
        .refused("register", &form(&guides_body(), "friend@example.com"))
        .await;
    let said = &response.json["errors"][0]["message"];
    assert_eq!(web.about("email"), said.as_str());

    let other_case = body_with("email", json!("FRIEND@Example.COM"));
    let response = app.phone().post(REGISTER, &other_case).await;
    response.assert_problem(409, "email-taken");
    let mut more_is_wrong = guides_body();
    more_is_wrong["first_name"] = json!("");
    let response = app.phone().post(REGISTER, &more_is_wrong).await;
    response.assert_problem(422, "invalid-fields");
    assert_eq!(
        response.fields(),
        ["first_name"],
        "nobody learns of accounts for free"
    );
    // An address with a letter that only looks the same is another address.
    let alike = body_with("email", json!("fri\u{435}nd@example.com"));
    assert_eq!(app.phone().post(REGISTER, &alike).await.status, 201);
    let elsewhere = app.phone_at("coaching.localhost");
    assert_eq!(elsewhere.post(REGISTER, &guides_body()).await.status, 201);
}

fn form<'a>(body: &'a Value, email: &'a str) -> Vec<(&'a str, &'a str)> {
    let names = ["first_name", "last_name", "date_of_birth", "password"];
    let mut fields: Vec<_> = names
        .map(|name| (name, body[name].as_str().unwrap()))
        .into();
    fields.push(("email", email));
    fields
}

#[tokio::test]
async fn signing_in_and_out() {
    let app = TestApp::spawn().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let phone = app.phone_of("MIA@example.com").await;
    assert_eq!(phone.get(ME).await.json["user"]["first_name"], "Mia");
    let other = app.phone_of("mia@example.com").await;
    assert_eq!(phone.order(LOGOUT).await.status, 204);
    phone.get(ME).await.assert_problem(401, "invalid-token");
    phone
        .order(LOGOUT)
        .await
        .assert_problem(401, "invalid-token");
    assert_eq!(other.get(ME).await.status, 200, "another device stays");
}

#[tokio::test]
async fn a_wrong_password_says_no_more_than_that() {
    let app = TestApp::spawn().await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mut answers = Vec::new();
    for (email, password) in [
        ("mia@example.com", "wrongpassword"),
        ("nobody@example.com", PASSWORD),
        ("no address", PASSWORD),
        ("mia@example.com\u{0}", PASSWORD),
    ] {
        let sent = json!({ "email": email, "password": password });
        let response = app.phone().post(LOGIN, &sent).await;
        response.assert_problem(401, "wrong-credentials");
        assert_eq!(response.header("www-authenticate"), "Bearer");
        answers.push(response.json);
    }
    assert!(answers.iter().all(|answer| *answer == answers[0]));
    let response = app.phone().post(LOGIN, &json!({ "password": 5 })).await;
    response.assert_problem(422, "invalid-fields");
    assert_eq!(response.fields(), ["password", "email"]);
}
