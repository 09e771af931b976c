//! Back from Stripe's page to the app, and the apps that open a site's links (`docs/rules.md` 211 and 212).

use domain::account::{Role, TenantRole};
use serde_json::{Value, json};

use super::PURCHASES;
use crate::support::{STRIPE_KEY, TestApp, on_both_databases};

const TAB: &str = "/admin/settings?tab=app";
const APPLE: &str = "/.well-known/apple-app-site-association";
const ANDROID: &str = "/.well-known/assetlinks.json";
const SAVE: &str = "save_mobile_apps";

on_both_databases!(stripes_page_leads_back_to_the_app, a_site_names_its_apps,);

fn sessions(app: &TestApp) -> Vec<Value> {
    let objects = app.stripe.objects(STRIPE_KEY, None);
    objects["sessions"].as_array().unwrap().clone()
}

async fn stripes_page_leads_back_to_the_app(app: TestApp) {
    let referred = app.referred().await;
    let jane = app.phone_of("jane@example.com").await;
    let wanted = |url: &str| json!({ "product_id": referred.ticket.id, "return_url": url });
    for url in ["detroitarms://done", "https://evil.example/", "/purchases"] {
        let refused = jane.post(PURCHASES, &wanted(url)).await;
        refused.assert_problem(422, "invalid-fields");
        assert_eq!(refused.codes(), [("return_url", "not_allowed")], "{url}");
    }
    let number = json!({ "product_id": referred.ticket.id, "return_url": 7 });
    let refused = jane.post(PURCHASES, &number).await;
    assert_eq!(refused.codes(), [("return_url", "wrong_type")]);
    assert!(sessions(&app).is_empty());

    let dana = app.detroit_admin().await;
    let saved = dana
        .done(SAVE, &[("return_addresses", "detroitarms://")])
        .await;
    assert_eq!(saved, "Mobile app saved.");
    let begun = jane.post(PURCHASES, &wanted("detroitarms://done")).await;
    assert_eq!(begun.status, 201, "{begun:?}");
    let path = "/app-return?to=detroitarms%3A%2F%2Fdone";
    let page = format!("{}{path}", jane.origin);
    let session = sessions(&app).remove(0);
    assert_eq!(session["success_url"], page.as_str());
    assert_eq!(session["cancel_url"], page.as_str());
    let same = jane.post(PURCHASES, &wanted("detroitarms://done")).await;
    assert_eq!(same.json["id"], begun.json["id"]);
    let own = format!("{}/purchases", jane.origin);
    let other = jane.post(PURCHASES, &wanted(&own)).await;
    assert_ne!(
        other.json["id"], begun.json["id"],
        "the page leads elsewhere"
    );
    let sessions = sessions(&app);
    let is_closed = |one: &Value| one["success_url"] == page.as_str() && one["status"] == "expired";
    assert!(sessions.iter().any(is_closed), "{sessions:?}");
    assert!(
        sessions
            .iter()
            .any(|one| one["success_url"] == own.as_str())
    );

    // Nobody is signed in there, and nobody else's address is opened.
    let page = app.browser().get(path).await;
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("href=\"detroitarms://done\""),
        "{}",
        page.text
    );
    assert!(
        page.text.contains("0; url=detroitarms://done"),
        "{}",
        page.text
    );
    for to in [
        "https%3A%2F%2Fevil.example",
        "javascript%3A%2F%2Falert(1)",
        "",
    ] {
        let page = app.browser().get(&format!("/app-return?to={to}")).await;
        assert!(
            page.text.contains("does not open an app of Detroit Arms"),
            "{to}"
        );
        assert!(!page.text.contains("http-equiv=\"refresh\""), "{to}");
    }
    app.leave_jobs();
}

async fn a_site_names_its_apps(app: TestApp) {
    for path in [APPLE, ANDROID] {
        assert_eq!(app.browser().get(path).await.status, 404, "{path}");
    }
    let (dana, print) = (app.detroit_admin().await, ["AB"; 32].join(":"));
    let android = format!("com.detroitarms.app {}", print.to_lowercase());
    let form = [
        ("ios_apps", "A1B2C3D4E5.com.detroitarms.app"),
        ("android_apps", android.as_str()),
    ];
    let page = dana.submit(SAVE, &form).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (303, TAB));
    let tab = dana.get(TAB).await.text;
    assert!(
        tab.contains("A1B2C3D4E5.com.detroitarms.app</textarea>"),
        "{tab}"
    );
    let apple = app.browser().get(APPLE).await;
    assert_eq!(apple.header("content-type"), "application/json");
    let apple: Value = serde_json::from_str(&apple.text).unwrap();
    assert_eq!(
        apple["applinks"]["details"][0]["appIDs"],
        json!(["A1B2C3D4E5.com.detroitarms.app"])
    );
    // They open links. They get no saved password.
    assert_eq!(apple.as_object().unwrap().len(), 1, "{apple}");
    let android = app.browser().get(ANDROID).await;
    let android: Value = serde_json::from_str(&android.text).unwrap();
    let opens_links = json!(["delegate_permission/common.handle_all_urls"]);
    assert_eq!(android[0]["relation"], opens_links);
    let target = &android[0]["target"];
    assert_eq!(target["package_name"], "com.detroitarms.app");
    assert_eq!(target["sha256_cert_fingerprints"], json!([print]));

    let wrong = [("return_addresses", "javascript://x"), ("ios_apps", "mine")];
    dana.submit(SAVE, &wrong).await;
    let tab = dana.get(TAB).await.text;
    for shown in [
        "This line is not one: javascript://x",
        "This line is not one: mine",
    ] {
        assert!(tab.contains(shown), "{shown}: {tab}");
    }
    let site = app.site().await.row;
    assert_eq!(
        site.ios_apps.as_deref(),
        Some("A1B2C3D4E5.com.detroitarms.app")
    );
    let rows = app.audit_rows().await;
    let fields: Vec<_> = rows.iter().map(|row| row.field.as_str()).collect();
    assert_eq!(fields, ["iOS apps", "Android apps"]);
    let desk = Role::Tenant(TenantRole::Desk);
    app.staff(&app.detroit, desk, "desk@example.com").await;
    let desk = app.signed_in("desk@example.com").await;
    assert_eq!(desk.fetch(SAVE, &[("ios_apps", "")]).await.status, 403);
}
