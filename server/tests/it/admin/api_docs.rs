//! The documentation of the mobile API is shown where a site wants it (`docs/rules.md` 154).

use domain::account::{Role, TenantRole};

use crate::support::{Page, TestApp, on_both_databases};

on_both_databases!(
    it_is_shown_where_a_site_wants_it,
    whoever_may_not_change_settings_does_not_show_it,
);

const PATHS: [&str; 4] = [
    "/api/docs",
    "/api/docs/",
    "/api/docs/swagger-ui-bundle.js",
    "/api/v1/openapi.json",
];
const SETTINGS: &str = "/admin/settings?tab=security";

async fn assert_hidden(app: &TestApp, host: &str) {
    for path in PATHS {
        let page: Page = app.browser_at(host).get(path).await;
        assert_eq!(page.status, 404, "{host}{path}: {}", page.text);
        assert!(!page.text.contains("/api/v1/products"), "{host}{path}");
    }
}

async fn it_is_shown_where_a_site_wants_it(app: TestApp) {
    let dana = app.detroit_admin().await;
    assert_hidden(&app, "localhost").await;
    assert!(
        dana.get(SETTINGS)
            .await
            .text
            .contains("It is not shown on this site.")
    );
    let done = dana.done("show_api_docs", &[("shown", "on")]).await;
    assert!(done.contains("is shown from now on"), "{done}");
    for path in PATHS {
        let status = app.browser().get(path).await.status;
        assert!(
            status.is_success() || status.is_redirection(),
            "{path}: {status}"
        );
    }
    assert!(dana.get(SETTINGS).await.text.contains("Stop showing it"));
    // Another tenant, a brand and a host without a site are not this one.
    app.platform().await;
    for host in [
        "coaching.localhost",
        "pewpros.localhost",
        "nobody.localhost",
    ] {
        assert_hidden(&app, host).await;
    }
    let done = dana.done("show_api_docs", &[("shown", "")]).await;
    assert!(done.contains("is not shown anymore"), "{done}");
    assert_hidden(&app, "localhost").await;
    // The API itself works either way.
    assert_eq!(app.phone().get("/api/v1/products").await.status, 200);
    let changes = app.audit_rows().await;
    let changes = changes
        .iter()
        .filter(|row| row.field == "Documentation of the mobile API");
    assert_eq!(changes.count(), 2);
}

async fn whoever_may_not_change_settings_does_not_show_it(app: TestApp) {
    app.staff(
        &app.detroit,
        Role::Tenant(TenantRole::Desk),
        "desk@example.com",
    )
    .await;
    let desk = app.signed_in("desk@example.com").await;
    let answer = desk.submit("show_api_docs", &[("shown", "on")]).await;
    assert_ne!(answer.status, 200);
    assert_hidden(&app, "localhost").await;
}
