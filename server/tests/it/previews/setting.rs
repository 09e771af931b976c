//! A site leaves names out of previews.

use domain::account::{Role, TenantRole};

use super::{CODE, PICTURE, file};
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_site_leaves_names_out,
    whoever_may_not_change_settings_does_not_change_it,
);

const TAB: &str = "/admin/settings?tab=rewards";

/// Whether the preview of Mia's link shows her name.
async fn names_mia(app: &TestApp) -> bool {
    let visitor = app.browser();
    let plain = file(&visitor, PICTURE, None).await;
    let hers = file(&visitor, &format!("{PICTURE}?code={CODE}"), None).await;
    hers.content != plain.content
}

async fn a_site_leaves_names_out(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let dana = app.detroit_admin().await;
    assert!(names_mia(&app).await);
    let tab = dana.get(TAB).await.text;
    assert!(tab.contains("shows who shared it, by first name."), "{tab}");
    let page = dana.submit("show_preview_names", &[("shown", "")]).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (303, TAB));
    let tab = dana.get(TAB).await.text;
    assert!(tab.contains("Previews of links do not say who shared them anymore."));
    assert!(tab.contains("does not say who shared it."), "{tab}");
    assert!(!names_mia(&app).await);
    let done = dana.done("show_preview_names", &[("shown", "on")]).await;
    assert!(done.contains("show who shared them from now on"), "{done}");
    assert!(names_mia(&app).await);
    let rows = app.audit_rows().await;
    let changes: Vec<_> = rows
        .iter()
        .filter(|row| row.field == "First name in link previews")
        .map(|row| (row.old_value.as_deref(), row.new_value.as_deref()))
        .collect();
    let (shown, left_out) = (Some("shown"), Some("left out"));
    assert_eq!(changes, [(shown, left_out), (left_out, shown)]);
}

async fn whoever_may_not_change_settings_does_not_change_it(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let desk = Role::Tenant(TenantRole::Desk);
    app.staff(&app.detroit, desk, "desk@example.com").await;
    let desk = app.signed_in("desk@example.com").await;
    let answer = desk.submit("show_preview_names", &[("shown", "")]).await;
    assert_ne!(answer.status, 200);
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    assert!(!pat.get(TAB).await.text.contains("Link previews"));
    let answer = pat.fetch("show_preview_names", &[("shown", "")]).await;
    assert_eq!(answer.status, 403);
    assert!(names_mia(&app).await);
    assert!(app.audit_rows().await.is_empty());
}
