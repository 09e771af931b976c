//! The tables of the console as CSV.

use domain::account::{Role, TenantRole};

use store::referrals;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    a_file_has_every_referral_of_the_filter,
    a_file_has_the_orders,
    a_file_has_every_member_of_the_search,
    a_file_is_for_who_sees_the_table,
);

const REFERRALS: &str = "/admin/referrals.csv";

async fn a_file_has_every_referral_of_the_filter(app: TestApp) {
    let dana = app.detroit_admin().await;
    let (referred, _) = app.credited_mia().await;
    // More than the table has on a page.
    for number in 0..30 {
        let email = format!("friend{number}@example.com");
        let friend = app.member(&app.detroit, "Fran", &email).await;
        let (db, token) = (app.state.db.writer(), app.state.random.token());
        let (site, now) = (app.detroit.id(), app.state.now());
        let mia = referred.mia.id;
        let made = referrals::insert_pending(db, site, token, mia, friend.id, None, now).await;
        made.unwrap();
    }
    let file = dana.get(REFERRALS).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("referrals.csv"));
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines.len(), 1 + 31, "{}", file.text);
    assert!(lines[0].starts_with("Number,When (UTC),Referrer"));
    let credited = dana.get(&format!("{REFERRALS}?status=credited")).await;
    let lines: Vec<_> = credited.text.lines().collect();
    assert_eq!(lines.len(), 2, "{}", credited.text);
    assert!(lines[1].ends_with(",1000,USD"), "{}", lines[1]);
    let changes = app.audit_rows().await;
    let taken = changes.iter().filter(|row| row.field == "CSV file");
    assert_eq!(taken.count(), 2);
    app.run_jobs().await;
}

async fn a_file_has_the_orders(app: TestApp) {
    let dana = app.detroit_admin().await;
    app.credited_mia().await;
    let file = dana.get("/admin/orders.csv").await;
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines.len(), 2, "{}", file.text);
    assert!(lines[1].contains(",4500,USD,"), "{}", lines[1]);
    app.run_jobs().await;
}

async fn a_file_has_every_member_of_the_search(app: TestApp) {
    const MEMBERS: &str = "/admin/members.csv";
    let dana = app.detroit_admin().await;
    // More than the table has on a page.
    for number in 0..30 {
        let email = format!("kim{number}@example.com");
        app.member(&app.detroit, "Kim", &email).await;
    }
    // Of another site.
    app.member(&app.coaching, "Kim", "kim@example.com").await;
    app.member(&app.detroit, "Lou", "lou@example.com").await;
    let page = dana.get("/admin/members?q=kim").await.text;
    let link = format!("{MEMBERS}?q=kim");
    assert!(page.contains(&link), "{page}");
    let file = dana.get(&link).await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(file.header("content-disposition").contains("members.csv"));
    let lines: Vec<_> = file.text.lines().collect();
    assert_eq!(lines.len(), 1 + 30, "{}", file.text);
    assert_eq!(lines[0], "Number,Joined (UTC),Name,Email,Admin");
    assert!(lines[1].ends_with(",kim29@example.com,no"), "{}", lines[1]);
    let all = dana.get(MEMBERS).await.text;
    assert_eq!(all.lines().count(), 1 + 32, "{all}");
    assert!(all.contains(",dana@example.com,yes"), "{all}");
    let changes = app.audit_rows().await;
    let taken = changes.iter().filter(|row| row.field == "CSV file");
    assert_eq!(taken.count(), 2);
    let lou = app.signed_in("lou@example.com").await;
    assert_eq!(lou.get(MEMBERS).await.status, 403);
}

async fn a_file_is_for_who_sees_the_table(app: TestApp) {
    app.credited_mia().await;
    let role = Role::Tenant(TenantRole::Viewer);
    app.staff(&app.detroit, role, "vera@example.com").await;
    let vera = app.signed_in("vera@example.com").await;
    assert_eq!(vera.get(REFERRALS).await.status, 200);
    let platform = vera.get(&format!("{REFERRALS}?tab=platform")).await;
    assert_eq!(platform.status, 403);
    assert_eq!(app.browser().get(REFERRALS).await.status, 303);
    app.run_jobs().await;
}
