//! The OpenAPI document is generated from the code, and the API does what it says.

use std::collections::BTreeSet;
use store::{Id, sites};

use domain::purchase::ProductKind;
use serde_json::json;
use stripe_stand_in::PaymentStatus;

use super::{ME, guides_body};
use crate::support::{
    ApiResponse, Phone, STRIPE_KEY, TestApp, WEBHOOK_SECRET,
    contract::{COMMITTED, Operation, operations},
};

#[test]
fn the_committed_document_is_the_codes() {
    let made = web::api::openapi().unwrap();
    assert!(
        made == COMMITTED,
        "run `cargo run -p server -- openapi > docs/openapi.json` and read the difference"
    );
}

#[tokio::test]
async fn it_is_served_as_it_is_committed() {
    let app = TestApp::spawn().await;
    let shown = sites::set_api_docs(app.state.db.writer(), app.detroit.id(), true);
    shown.await.unwrap();
    let page = app.browser().get("/api/v1/openapi.json").await;
    assert_eq!(page.header("content-type"), "application/json");
    let [mut served, mut committed] = [page.text.as_str(), COMMITTED]
        .map(|text| serde_json::from_str::<serde_json::Value>(text).unwrap());
    let here = json!([{ "url": app.browser().origin }]);
    assert_eq!(served["servers"].take(), here, "it says where it is served");
    assert_eq!(committed["servers"].take()[0]["url"], "https://{host}");
    assert!(served == committed);
    let docs = app.browser().get("/api/docs/").await;
    assert_eq!(docs.status, 200);
    let links = docs.text.split("\"./").skip(1);
    let files: Vec<_> = links.map(|link| link.split('"').next().unwrap()).collect();
    assert!(files.contains(&"swagger-ui-bundle.js"), "{files:?}");
    for file in files {
        let page = app.browser().get(&format!("/api/docs/{file}")).await;
        assert_eq!(page.status, 200, "{file}");
    }
    assert!(!docs.text.contains("http"), "nothing from elsewhere");
    let policy = docs.header("content-security-policy");
    assert!(policy.contains("default-src 'self'"), "{policy}");
}

/// Every operation is called and does its work. [`Phone::send`] compares each answer with the
/// document.
#[tokio::test]
async fn every_operation_is_called() {
    let app = TestApp::spawn().await;
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "night", 4500)
        .await;
    let mut phone = app.phone();
    phone.log_in("mia@example.com").await;
    let me = phone.get(ME).await.json["user"]["id"].as_i64().unwrap();
    let (db, site) = (app.state.db.writer(), app.detroit.id());
    let now = app.state.now();
    let response = store::notifications::insert(db, site, Id::new(me), None, "Hello", now).await;
    // Who bought something names no referrer.
    sites::set_referrer_days(db, site, 7).await.unwrap();
    app.member(&app.detroit, "Max", "max@example.com").await;
    let newcomer = app.phone_of("max@example.com").await;
    let membership = join(&app, &phone).await;
    let bought = json!({ "product_id": ticket.id });
    let purchase = phone.post("/api/v1/purchases", &bought).await.json["id"].to_string();
    let notification = response.unwrap().id.to_string();
    let product = ticket.id.to_string();

    let mut called = BTreeSet::new();
    // After these the token is worth nothing.
    const LAST: [&str; 2] = ["logout", "delete_me"];
    let (mut last, others): (Vec<_>, Vec<_>) = operations()
        .into_iter()
        .partition(|one| LAST.contains(&one.id.as_str()));
    last.sort_by_key(|one| LAST.iter().position(|id| *id == one.id));
    for operation in others.into_iter().chain(last) {
        if operation.id == "delete_me" {
            phone.log_in("mia@example.com").await;
        }
        let id = match operation.path.as_str() {
            path if path.contains("purchases") => &purchase,
            path if path.contains("memberships") => &membership,
            path if path.contains("products") => &product,
            _ => &notification,
        };
        let path = operation
            .path
            .replace("{id}", id)
            .replace("{code}", "ab3kx7mn");
        let caller = match operation.id.as_str() {
            "name_referrer" => &newcomer,
            _ => &phone,
        };
        let answer = call(caller, &operation, &path, ticket.id.get()).await;
        assert!(
            (200..300).contains(&answer.status),
            "{}: {answer:?}",
            operation.id
        );
        called.insert(operation.id);
    }
    assert_eq!(called.len(), 23);
    app.leave_jobs();
}

/// Buys a membership and pays for it; returns its id.
async fn join(app: &TestApp, phone: &Phone) -> String {
    let product = app.product(&app.detroit, ProductKind::Membership, "member", 3900);
    let wanted = json!({ "product_id": product.await.id });
    let begun = phone.post("/api/v1/purchases", &wanted).await.json;
    let sessions = app.stripe.objects(STRIPE_KEY, None)["sessions"].clone();
    let mut sessions = sessions.as_array().unwrap().iter();
    let session = sessions.find(|one| one["url"] == begun["checkout_url"]);
    app.pay(session.unwrap(), PaymentStatus::Paid).await;
    begun["id"].to_string()
}

async fn call(phone: &Phone, operation: &Operation, path: &str, product: i64) -> ApiResponse {
    let body = match operation.id.as_str() {
        "register" => guides_body(),
        "login" => json!({ "email": "mia@example.com", "password": crate::support::PASSWORD }),
        "name_referrer" => json!({ "referral_code": "ab3kx7mn" }),
        "begin_purchase" => json!({ "product_id": product }),
        "change_me" => json!({ "first_name": "Mia" }),
        "delete_me" => json!({ "password": crate::support::PASSWORD }),
        _ => {
            return phone
                .send(phone.request(operation.method.clone(), path))
                .await;
        }
    };
    let request = phone.request(operation.method.clone(), path);
    phone.send(request.json(&body)).await
}

/// A protected operation answers nobody without a token; the others need none.
#[tokio::test]
async fn what_needs_a_token_is_what_the_document_says() {
    let app = TestApp::spawn().await;
    for operation in operations() {
        let path = operation.path.replace("{id}", "1").replace("{code}", "x");
        let response = call(&app.phone(), &operation, &path, 1).await;
        let refused = response.json["type"] == "urn:pewpros:problem:unauthenticated";
        assert_eq!(
            refused, operation.needs_token,
            "{}: {response:?}",
            operation.id
        );
    }
}
