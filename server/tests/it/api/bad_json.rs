//! Mistakes in what programs send: bodies that are not JSON, not declared as JSON, or too large;
//! paths and methods that do not exist; hosts without members.

use reqwest::Method;
use serde_json::json;

use super::{LOGIN, ME, REGISTER, guides_body};
use crate::support::TestApp;

#[tokio::test]
async fn a_body_that_is_not_one_json_object() {
    let app = TestApp::spawn().await;
    let good = guides_body().to_string();
    let deep = format!("{{\"email\":{}{}}}", "[".repeat(500), "]".repeat(500));
    let repeated = good.replacen('{', "{\"email\":\"other@example.com\",", 1);
    let latin1 = [b"{\"first_name\":\"Andr\xE9\"}".as_slice()].concat();
    let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
    for body in [
        Vec::new(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"\"friend@example.com\"".to_vec(),
        b"[\"friend@example.com\",\"securepassword\",\"Jane\",\"Doe\",\"1990-01-15\"]".to_vec(),
        b"email=friend@example.com".to_vec(),
        format!("{good}{good}").into_bytes(),
        good.as_bytes()[..good.len() / 2].to_vec(),
        format!("\u{feff}{good}").into_bytes(),
        b"{\"email\":\"\\ud800\"}".to_vec(),
        deep.into_bytes(),
        repeated.into_bytes(),
        latin1,
        utf16,
    ] {
        let shown = String::from_utf8_lossy(&body).into_owned();
        let response = app.phone().post_raw(REGISTER, body).await;
        assert_eq!(
            (response.status, response.kind().as_str()),
            (400, "malformed-body"),
            "{shown}"
        );
    }
    let spaced = format!("\r\n\t {good} \n");
    assert_eq!(app.phone().post_raw(REGISTER, spaced).await.status, 201);
}

#[tokio::test]
async fn a_body_that_is_too_large() {
    let app = TestApp::spawn().await;
    for bytes in [17 * 1024, 1024 * 1024] {
        let mut body = guides_body();
        body["first_name"] = json!("x".repeat(bytes));
        let response = app.phone().post(REGISTER, &body).await;
        response.assert_problem(413, "body-too-large");
        let response = app.phone().post_once(REGISTER, "a-key", &body).await;
        response.assert_problem(413, "body-too-large");
    }
}

#[tokio::test]
async fn a_body_that_is_not_said_to_be_json() {
    let app = TestApp::spawn().await;
    for said in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "application/json; charset=iso-8859-1",
        "application/jsonp",
        "json",
        "",
    ] {
        let phone = app.phone();
        let call = phone.request(Method::POST, REGISTER);
        let call = call
            .header("Content-Type", said)
            .body(guides_body().to_string());
        let response = phone.send(call).await;
        response.assert_problem(415, "unsupported-media-type");
    }
    let phone = app.phone();
    let call = phone
        .request(Method::POST, REGISTER)
        .body(guides_body().to_string());
    phone
        .send(call)
        .await
        .assert_problem(415, "unsupported-media-type");
    for said in ["application/json; charset=UTF-8", "Application/JSON"] {
        let call = phone
            .request(Method::POST, LOGIN)
            .header("Content-Type", said);
        let response = phone.send(call.body("{}")).await;
        response.assert_problem(422, "invalid-fields");
    }
}

#[tokio::test]
async fn addresses_and_methods_that_do_not_exist() {
    let app = TestApp::spawn().await;
    let phone = app.phone();
    for path in [
        "/api",
        "/api/v2/me",
        "/api/v1",
        "/api/v1/me/",
        "/api/v1/users/1",
        "/api/%00",
    ] {
        phone.get(path).await.assert_problem(404, "not-found");
    }
    for (method, path, allowed) in [
        (Method::GET, REGISTER, "POST"),
        (Method::PUT, ME, "GET,HEAD,PATCH,DELETE"),
        (Method::PUT, "/api/v1/purchases", "POST,GET,HEAD"),
        (Method::OPTIONS, ME, "GET,HEAD,PATCH,DELETE"),
    ] {
        let response = phone.send(phone.request(method, path)).await;
        response.assert_problem(405, "method-not-allowed");
        assert_eq!(response.header("allow"), allowed);
    }
}

#[tokio::test]
async fn a_host_without_members() {
    let app = TestApp::spawn().await;
    app.platform().await;
    for host in ["pewpros.localhost", "coachpros.localhost"] {
        let response = app.phone_at(host).post(REGISTER, &guides_body()).await;
        response.assert_problem(404, "not-a-tenant");
    }
    let response = app
        .phone_at("nowhere.localhost")
        .get("/api/v1/products")
        .await;
    response.assert_problem(404, "no-such-site");
}
