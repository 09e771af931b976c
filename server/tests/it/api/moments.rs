//! Every time in the API has the same precision: parsers such as Swift's `ISO8601DateFormatter`
//! accept fractions of a second always or never.

use std::time::Duration;

use domain::purchase::ProductKind;
use serde_json::{Value, json};
use store::{Id, notifications};
use time::{PrimitiveDateTime, macros::format_description};

use super::{LOGIN, ME, REGISTER, body_with};
use crate::support::{PASSWORD, STRIPE_KEY, TestApp, WEBHOOK_SECRET, on_both_databases};

on_both_databases!(every_moment_has_one_width);

async fn every_moment_has_one_width(app: TestApp) {
    app.connect_stripe(&app.detroit, STRIPE_KEY, WEBHOOK_SECRET)
        .await;
    app.referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let kind = ProductKind::EventTicket;
    let ticket = app.product(&app.detroit, kind, "night", 4500).await.id;
    let mia = app.phone_of("mia@example.com").await;
    let me = mia.get(ME).await.json["user"]["id"].as_i64().unwrap();
    let (site, db) = (app.detroit.id(), app.state.db.writer());
    let mut response = Vec::new();
    // Milliseconds that end in whole seconds, tenths, hundredths, or none of them.
    for step in [1, 10, 100, 250, 999] {
        app.set_our_clock_ahead(Duration::from_millis(step));
        let now = app.state.now();
        let row = notifications::insert(db, site, Id::new(me), None, "Hello", now);
        let read = format!("/api/v1/me/notifications/{}/read", row.await.unwrap().id);
        let friend = body_with("email", json!(format!("friend{step}@example.com")));
        response.push(app.phone().post(REGISTER, &friend).await.json);
        let order = json!({ "product_id": ticket });
        response.push(mia.post("/api/v1/purchases", &order).await.json);
        response.push(mia.order(&read).await.json);
    }
    let whose = json!({ "email": "mia@example.com", "password": PASSWORD });
    response.push(app.phone().post(LOGIN, &whose).await.json);
    for path in ["", "/referrals", "/notifications"] {
        response.push(mia.get(&format!("{ME}{path}")).await.json);
    }
    let purchase = &response[1]["id"];
    response.push(mia.get(&format!("/api/v1/purchases/{purchase}")).await.json);
    let moments: Vec<_> = response.iter().flat_map(moments).collect();
    assert!(moments.len() >= 30, "{moments:?}");
    for moment in moments {
        assert_eq!(moment.len(), "2026-11-22T14:05:00Z".len(), "{moment}");
        let format = format_description!("[year]-[month]-[day]T[hour]:[minute]:[second]Z");
        let read = PrimitiveDateTime::parse(&moment, &format);
        assert!(read.is_ok(), "{moment}: {read:?}");
    }
}

/// The texts of an answer that are times: dates with a time in any spelling, and every field called
/// `…_at`.
fn moments(json: &Value) -> Vec<String> {
    match json {
        Value::Object(members) => members
            .iter()
            .flat_map(|(name, value)| match value {
                Value::String(text) if name.ends_with("_at") || is_moment(text) => {
                    vec![text.clone()]
                }
                other => moments(other),
            })
            .collect(),
        Value::Array(values) => values.iter().flat_map(moments).collect(),
        _ => Vec::new(),
    }
}

fn is_moment(text: &str) -> bool {
    let (date, time) = text.split_at_checked(11).unwrap_or_default();
    date.ends_with('T') && time.starts_with(|first: char| first.is_ascii_digit())
}
