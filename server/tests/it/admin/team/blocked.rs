//! A member whom the staff keeps out.

use crate::support::{PASSWORD, TestApp, on_both_databases};

on_both_databases!(a_blocked_member_is_kept_out);

async fn a_blocked_member_is_kept_out(app: TestApp) {
    let dana = app.detroit_admin().await;
    let mia = app
        .referrer(&app.detroit, "mia@example.com", "ab3kx7mn")
        .await;
    let (browser, phone) = (
        app.signed_in("mia@example.com").await,
        app.phone_of("mia@example.com").await,
    );
    let id = mia.id.to_string();
    let form = |block, reason| {
        [
            ("member_id", id.as_str()),
            ("block", block),
            ("reason", reason),
        ]
    };
    let refused = dana.refused("block_member", &form("on", " ")).await;
    assert_eq!(refused.about("block_reason"), Some("Say why."));
    let done = dana
        .done("block_member", &form("on", "shouted at the desk"))
        .await;
    assert_eq!(done, "Mia Stone was blocked.");
    assert_eq!(browser.get("/dashboard").await.status, 303);
    phone
        .get("/api/v1/me")
        .await
        .assert_problem(401, "invalid-token");
    let typed = [("email", "mia@example.com"), ("password", PASSWORD)];
    let refused = app.browser().refused("sign_in", &typed).await;
    assert!(refused.message.unwrap().contains("blocked"));
    let wrong = [("email", "mia@example.com"), ("password", "wrong")];
    let refused = app.browser().refused("sign_in", &wrong).await;
    assert!(
        !refused.message.unwrap().contains("blocked"),
        "told to who knows the password"
    );
    let body = serde_json::json!({ "email": "mia@example.com", "password": PASSWORD });
    let login = app.phone().post("/api/v1/auth/login", &body).await;
    login.assert_problem(403, "account-blocked");
    app.phone()
        .get("/api/v1/referral-codes/ab3kx7mn")
        .await
        .assert_problem(404, "unknown-code");
    let page = dana.get(&format!("/admin/members/{id}")).await.text;
    assert!(page.contains("Blocked since") && page.contains("Unblock this member"));
    let log = app.audit_rows().await;
    assert_eq!(
        log.last().unwrap().new_value.as_deref(),
        Some("shouted at the desk")
    );
    dana.done("block_member", &form("", "apologized")).await;
    browser.sign_in("mia@example.com").await;
    assert_eq!(browser.get("/dashboard").await.status, 200);
    dana.done("sign_out_member", &[("member_id", &id)]).await;
    assert_eq!(browser.get("/dashboard").await.status, 303);
    // Staff is removed by an owner, never blocked.
    let own = app
        .find(&app.detroit, "dana@example.com")
        .await
        .unwrap()
        .id
        .to_string();
    let form = [
        ("member_id", own.as_str()),
        ("block", "on"),
        ("reason", "x"),
    ];
    let refused = dana.refused("block_member", &form).await;
    assert!(refused.message.unwrap().contains("of the staff"));
    app.leave_jobs();
}
