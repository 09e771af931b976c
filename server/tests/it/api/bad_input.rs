//! Mistakes in what people type: each has a sentence for its field, and all are reported at once.

use serde_json::{Value, json};

use super::{REGISTER, body_with, body_without, guides_body};
use crate::support::TestApp;

const REQUIRED: [&str; 5] = [
    "email",
    "password",
    "first_name",
    "last_name",
    "date_of_birth",
];

#[tokio::test]
async fn each_field_missing_null_of_a_wrong_type_empty_or_too_long() {
    let app = TestApp::spawn().await;
    for field in REQUIRED {
        let response = app.phone().post(REGISTER, &body_without(field)).await;
        response.assert_problem(422, "invalid-fields");
        assert_eq!(response.fields(), [field], "missing");
        for value in [
            Value::Null,
            json!(5),
            json!(1.5e300),
            json!(true),
            json!([]),
            json!({}),
            json!(["friend@example.com"]),
            json!(""),
            json!("   "),
            json!("x".repeat(1_000)),
        ] {
            let response = app
                .phone()
                .post(REGISTER, &body_with(field, value.clone()))
                .await;
            response.assert_problem(422, "invalid-fields");
            assert_eq!(response.fields(), [field], "{value}");
        }
    }
    assert_eq!(app.find(&app.detroit, "friend@example.com").await, None);
}

#[tokio::test]
async fn everything_is_said_at_once() {
    let app = TestApp::spawn().await;
    let response = app.phone().post(REGISTER, &json!({})).await;
    response.assert_problem(422, "invalid-fields");
    let mut fields = response.fields();
    fields.sort_unstable();
    let mut required = REQUIRED;
    required.sort_unstable();
    assert_eq!(fields, required);

    let mut sent = guides_body();
    sent["last_name"] = json!(7);
    sent["date_of_birth"] = json!("1990-02-30");
    sent["device_name"] = json!(["phone"]);
    sent["password"] = json!("password1");
    let response = app.phone().post(REGISTER, &sent).await;
    assert_eq!(
        response.fields(),
        ["last_name", "date_of_birth", "password"]
    );
    assert_eq!(app.find(&app.detroit, "friend@example.com").await, None);
}

#[tokio::test]
async fn days_that_nobody_was_born_on() {
    let app = TestApp::spawn().await;
    let tomorrow = app.state.clock.now().date().next_day().unwrap();
    for day in [
        "1990-02-30",
        "0001-01-01",
        "1900-02-29",
        "1990-13-01",
        "1990-1-5",
        "15.01.1990",
        "1990-01-15T00:00:00Z",
        "\u{661}990-01-15",
        &tomorrow.to_string(),
    ] {
        let response = app
            .phone()
            .post(REGISTER, &body_with("date_of_birth", json!(day)))
            .await;
        response.assert_problem(422, "invalid-fields");
        assert_eq!(response.fields(), ["date_of_birth"], "{day}");
    }
}

#[tokio::test]
async fn passwords_too_short_too_long_or_soon_guessed() {
    let app = TestApp::spawn().await;
    for password in [
        "seven77".to_owned(),
        "x".repeat(1_000),
        "password1".to_owned(),
        "12345678".to_owned(),
        "P@ssw0rd".to_owned(),
        "friend@example.com".to_owned(),
        "aaaaaaaaaaaaaaaaaaaa".to_owned(),
    ] {
        let response = app
            .phone()
            .post(REGISTER, &body_with("password", json!(password)))
            .await;
        response.assert_problem(422, "invalid-fields");
        assert_eq!(response.fields(), ["password"], "{password}");
        let said = response.json["errors"][0]["message"].as_str().unwrap();
        assert!(!said.contains(&password), "it is not repeated");
    }
    let long = "correct horse ".repeat(18);
    let response = app
        .phone()
        .post(REGISTER, &body_with("password", json!(long)))
        .await;
    assert_eq!(response.status, 201, "252 characters");
}

/// The guide's registration, to the letter.
#[tokio::test]
async fn the_guides_registration_is_taken() {
    let app = TestApp::spawn().await;
    let guides = json!({
        "email": "friend@example.com",
        "password": "securepassword",
        "first_name": "Jane",
        "last_name": "Doe",
        "date_of_birth": "1990-01-15",
        "referral_code": "ab3kx7mn"
    });
    assert_eq!(app.phone().post(REGISTER, &guides).await.status, 201);
}

/// The finding's, for Jane Doe at Detroit Arms.
#[tokio::test]
async fn what_is_known_of_jane_and_the_site_is_no_password() {
    let app = TestApp::spawn().await;
    for password in [
        "Summer2026!",
        "Welcome123!",
        "detroitarms",
        "DetroitArms1",
        "pewpros1",
        "janedoe1990",
        "nikita2026",
    ] {
        let response = app
            .phone()
            .post(REGISTER, &body_with("password", json!(password)))
            .await;
        response.assert_problem(422, "invalid-fields");
        assert_eq!(response.fields(), ["password"], "{password}");
    }
}

#[tokio::test]
async fn nobody_was_born_last_week() {
    let app = TestApp::spawn().await;
    let last_week = app.state.clock.now().date() - time::Duration::days(7);
    let response = app
        .phone()
        .post(
            REGISTER,
            &body_with("date_of_birth", json!(last_week.to_string())),
        )
        .await;
    response.assert_problem(422, "invalid-fields");
    assert_eq!(response.fields(), ["date_of_birth"]);
}

#[tokio::test]
async fn names_are_of_any_script() {
    let app = TestApp::spawn().await;
    for (number, name) in ["Żółć", "李", "Ян", "أحمد", "O'Neil-Smith", "Zoë \u{1F600}"]
        .into_iter()
        .enumerate()
    {
        let mut sent = body_with("first_name", json!(name));
        sent["email"] = json!(format!("friend{number}@example.com"));
        let response = app.phone().post(REGISTER, &sent).await;
        assert_eq!(response.status, 201, "{name}");
        assert_eq!(response.json["user"]["first_name"], name);
    }
    for name in ["a\u{0}b", "a\nb", "\u{7f}", "\u{1F600}"] {
        let response = app
            .phone()
            .post(REGISTER, &body_with("first_name", json!(name)))
            .await;
        assert_eq!(response.fields(), ["first_name"], "{name:?}");
    }
}
