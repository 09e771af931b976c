//! What the desk and a viewer see and may do.

use domain::{
    account::{Role, TenantRole},
    purchase::ProductKind,
};

use super::OMAR;
use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    the_desk_sees_no_keys_and_changes_nothing,
    a_sale_to_themselves_is_flagged,
    a_viewer_finds_no_forms,
);

async fn the_desk_sees_no_keys_and_changes_nothing(app: TestApp) {
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "steel", 4_500)
        .await;
    let mia = app.member(&app.detroit, "Mia", "mia@example.com").await;
    for role in [TenantRole::Desk, TenantRole::Viewer] {
        let email = format!("{}@example.com", role.code());
        app.staff(&app.detroit, Role::Tenant(role), &email).await;
        let browser = app.signed_in(&email).await;
        assert_eq!(browser.get("/admin/settings").await.status, 403);
        assert_eq!(browser.get("/admin/team").await.status, 403);
        let page = browser
            .get(&format!("/admin/members/{}", mia.id))
            .await
            .text;
        assert_eq!(page.contains("Record a sale"), role == TenantRole::Desk);
        assert_eq!(page.contains("Billing address"), role == TenantRole::Desk);
        assert!(!page.contains("Block this member"));
        let token = "ab".repeat(16);
        let (member, product) = (mia.id.to_string(), ticket.id.to_string());
        let sale = [
            ("member_id", member.as_str()),
            ("product_id", &product),
            ("token", &token),
        ];
        match role {
            TenantRole::Desk => drop(browser.done("record_sale", &sale).await),
            _ => assert_eq!(browser.fetch("record_sale", &sale).await.status, 403),
        }
    }
    app.leave_jobs();
}

async fn a_sale_to_themselves_is_flagged(app: TestApp) {
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "steel", 4_500)
        .await;
    let desk = app
        .staff(&app.detroit, Role::Tenant(TenantRole::Desk), OMAR)
        .await;
    let browser = app.signed_in(OMAR).await;
    let token = "cd".repeat(16);
    let (member, product) = (desk.id.to_string(), ticket.id.to_string());
    let sale = [
        ("member_id", member.as_str()),
        ("product_id", &product),
        ("token", &token),
    ];
    browser.done("record_sale", &sale).await;
    let log = app.audit_rows().await;
    assert_eq!(log.last().unwrap().field, "Sale in person to themselves");
    app.leave_jobs();
}

async fn a_viewer_finds_no_forms(app: TestApp) {
    let referred = app.referred().await;
    app.staff(&app.detroit, Role::Tenant(TenantRole::Viewer), OMAR)
        .await;
    let browser = app.signed_in(OMAR).await;
    let mia = format!("/admin/members/{}", referred.mia.id);
    let statement = format!("{mia}/credits");
    for path in [
        "/admin/referrals",
        "/admin/orders",
        "/admin/catalog",
        "/admin/members",
        &mia,
        &statement,
    ] {
        let page = browser.get(path).await;
        assert_eq!(page.status, 200, "{path}");
        let forms = page.text.matches(r#"method="post""#).count();
        let own = page.text.matches(r#"action="/rpc/sign_out""#).count();
        // "Retry selected" is hidden where there is nothing to retry.
        let hidden = page.text.matches(r#"id="retry-selected""#).count();
        assert_eq!(forms, own + hidden, "{path}");
    }
    app.leave_jobs();
}
