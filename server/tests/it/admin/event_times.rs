//! When an event starts: typed in the console, shown in the shop and told by the API.

use serde_json::Value;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(an_event_has_a_time_by_which_it_is_sorted);

const PRODUCTS: &str = "/api/v1/products";
const WORDS: &str = "Saturday, March 15, 2127 · 6:30 PM";

async fn an_event_has_a_time_by_which_it_is_sorted(app: TestApp) {
    let dana = app.detroit_admin().await;
    let event = |name: &'static str, on: &'static str, time: &'static str| {
        [
            ("kind", "event_ticket"),
            ("name", name),
            ("price", "4500"),
            ("starts_on", on),
            ("starts_time", time),
        ]
    };
    dana.go("save_product", &event("Undated", "", "")).await;
    dana.go("save_product", &event("Late", "2127-03-15", "18:30"))
        .await;
    dana.go("save_product", &event("Early", "2127-01-02", "09:00"))
        .await;
    dana.go("save_product", &event("Past", "2002-05-04", "09:00"))
        .await;
    dana.go("save_product", &event("Latest", "2003-05-04", "09:00"))
        .await;
    let refused = dana
        .refused("save_product", &event("Half", "2127-03-15", ""))
        .await;
    assert_eq!(
        refused.about("starts_time"),
        Some("Enter the time too, like 18:30.")
    );

    let phone = app.phone();
    let list = phone.get(PRODUCTS).await.json;
    let names: Vec<_> = list["data"].as_array().unwrap().iter().collect();
    let names: Vec<_> = names
        .iter()
        .map(|one| one["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Early", "Late", "Undated", "Latest", "Past"]);
    let late = phone
        .get(&format!("{PRODUCTS}/{}", list["data"][1]["id"]))
        .await;
    assert_eq!(late.json, list["data"][1]);
    let starts_at = late.text("starts_at");
    assert!(starts_at.starts_with("2127-03-15T18:30:00"), "{starts_at}");
    assert!(
        !starts_at.ends_with('Z'),
        "the offset of the site: {starts_at}"
    );
    assert_eq!(list["data"][2]["starts_at"], Value::Null);
    phone
        .get(&format!("{PRODUCTS}/999"))
        .await
        .assert_problem(404, "not-found");

    for path in ["/events", "/events/late"] {
        let page = app.browser().get(path).await.text;
        assert!(page.contains(WORDS), "{path}: {page}");
        assert!(
            page.contains(&format!("datetime=\"{starts_at}\"")),
            "{path}"
        );
    }
    let page = app.browser().get("/events").await.text;
    let place = |name: &str| page.find(&format!("/events/{name}\"")).unwrap();
    let shown = ["early", "late", "undated", "latest", "past"].map(place);
    assert!(shown.is_sorted(), "{shown:?}");

    let id = late.json["id"].to_string();
    let form = dana.get(&format!("/admin/catalog/{id}")).await.text;
    assert!(form.contains("value=\"2127-03-15\""), "{form}");
    assert!(form.contains("value=\"18:30\""), "{form}");
    let undated = event("Late", "", "");
    let version = [("id", id.as_str()), ("version", "1")];
    let undated: Vec<_> = undated.into_iter().chain(version).collect();
    dana.go("save_product", &undated).await;
    let late = phone.get(&format!("{PRODUCTS}/{id}")).await;
    assert_eq!(late.json["starts_at"], Value::Null);
    let rows = app.audit_rows().await;
    let starts = rows.iter().rfind(|row| row.field == "Starts").unwrap();
    assert_eq!(starts.old_value.as_deref(), Some(WORDS));
}
