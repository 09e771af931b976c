//! Links and codes as they arrive, on the web, in the app's registration and in the app's look-up.

use serde_json::json;

use super::{MIAS, referrer_after_registration};
use crate::{
    api::{REGISTER, body_with},
    support::{TestApp, on_both_databases},
};

on_both_databases!(
    a_link_counts_however_it_arrives,
    the_app_registers_with_whatever_was_pasted,
    the_look_up_reads_a_code_in_any_spelling,
    a_tenants_pricing_page_passes_the_code_on,
    a_longer_word_is_nobodys_code,
);

async fn a_link_counts_however_it_arrives(app: TestApp) {
    let mia = app.referrer(&app.detroit, "mia@example.com", MIAS).await.id;
    for path in [
        "/?ref=ab3kx7mn.",
        "/?ref=ab3kx7mn)",
        "/events?ref=ab3kx7mn?utm_source=x",
        "/?utm_source=x&amp;ref=ab3kx7mn",
        "/?REF=ab3kx7mn",
        "/?ref=AB3K-X7MN",
        "/?ref=ab3kx7mn%E2%80%8B",
        "/?ref=%E2%80%9Cab3kx7mn%E2%80%9D",
        "/?ref=3Dab3kx7mn",
        "/?ref=%2561b3kx7mn",
        "/?ref%3Dab3kx7mn",
    ] {
        let friend = app.browser();
        assert_eq!(friend.get(path).await.status, 200, "{path}");
        let referrer = referrer_after_registration(&app, &friend).await;
        assert_eq!(referrer, Some(mia), "{path}");
    }
}

async fn the_app_registers_with_whatever_was_pasted(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    for (number, pasted) in [
        "AB3K-X7MN",
        "\u{feff}\u{201c}ab3kx7mn\u{201d}",
        "Come along! https://detroitarms.com/events?ref=ab3kx7mn. Mia",
        "http://localhost/r/ab3kx7mn",
        "See you Saturday, my code is AB3K-X7MN",
    ]
    .into_iter()
    .enumerate()
    {
        let mut body = body_with("referral_code", json!(pasted));
        body["email"] = json!(format!("friend{number}@example.com"));
        let response = app.phone().post(REGISTER, &body).await;
        let linked = json!({ "status": "linked", "reason": null });
        assert_eq!(response.json["referral"], linked, "{pasted}");
    }
}

async fn the_look_up_reads_a_code_in_any_spelling(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let phone = app.phone();
    for typed in [
        "AB3K-X7MN",
        "ab3k%20x7mn",
        "ab3kx7mn.",
        "%22ab3kx7mn%22",
        "detroitarms.com%3Fref=ab3kx7mn",
        "https%3A%2F%2Fdetroitarms.com%3Fref%3Dab3kx7mn",
        "https%3A%2F%2Fdetroitarms.com%2Fr%2Fab3kx7mn",
        "See%20you%20Saturday%2C%20my%20code%20is%20ab3k%20x7mn",
    ] {
        let found = phone.get(&format!("/api/v1/referral-codes/{typed}")).await;
        let mia = json!({ "code": MIAS, "first_name": "Mia" });
        assert_eq!(found.json, mia, "{typed}");
    }
    for typed in ["ab3kx7mm", "ab3kx7mnp", "%D0%B0b3kx7mn"] {
        let found = phone.get(&format!("/api/v1/referral-codes/{typed}")).await;
        found.assert_problem(404, "unknown-code");
    }
}

async fn a_tenants_pricing_page_passes_the_code_on(app: TestApp) {
    let platform = app.platform().await;
    let code = &platform.jordan.code;
    let visitor = app.browser();
    let page = visitor.get(&format!("/pricing?a=b&amp;REF={code}.")).await;
    let port = app.address.port();
    let there = format!("http://pewpros.localhost:{port}/pricing?ref={code}");
    assert_eq!(page.header("location"), there);
}

async fn a_longer_word_is_nobodys_code(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", MIAS).await;
    let friend = app.browser();
    for path in [
        "/?ref=ab3kx7mnp",
        "/?ref=xab3kx7mn",
        "/?ref=ab3kx7mn_old",
        "/?ref[]=ab3kx7mn",
        "/?href=ab3kx7mn",
        "/?ref=ab3kx7m0",
        "/?ref=%D0%B0b3kx7mn",
    ] {
        let page = friend.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.cookies().is_empty(), "{path}");
    }
    assert_eq!(referrer_after_registration(&app, &friend).await, None);
}
