//! The app reads memberships, and opens the portal for one of the member's own.

use serde_json::Value;

use super::member;
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    the_app_lists_memberships_and_opens_the_portal,
    the_file_that_a_member_downloads_has_them,
);

async fn the_app_lists_memberships_and_opens_the_portal(app: TestApp) {
    let (_, bought) = member(&app).await;
    let jane = app.phone_of("jane@example.com").await;
    let listed = jane.get("/api/v1/me/memberships").await.json;
    let membership = &listed["data"][0];
    assert_eq!(membership["id"], bought.id.get());
    assert_eq!(membership["status_text"], "Active");
    assert!(membership["next_payment_at"].is_string(), "{listed}");
    assert_eq!(membership["ends_at"], Value::Null);
    let path = format!("/api/v1/me/memberships/{}/portal", bought.id);
    let opened = jane.order(&path).await;
    assert_eq!(opened.status, 200, "{opened:?}");
    assert!(opened.text("url").starts_with(&app.stripe.base_url));
    let mia = app.phone_of("mia@example.com").await;
    assert_eq!(mia.order(&path).await.status, 404);
    let none = mia.get("/api/v1/me/memberships").await.json;
    assert_eq!(none["data"], Value::Array(Vec::new()));
}

async fn the_file_that_a_member_downloads_has_them(app: TestApp) {
    let (_, bought) = member(&app).await;
    let jane = app.phone_of("jane@example.com").await;
    let file = jane.get("/api/v1/me/export").await.json;
    assert_eq!(file["memberships"][0]["id"], bought.id.get());
    assert_eq!(file["memberships"][0]["status_text"], "Active");
}
