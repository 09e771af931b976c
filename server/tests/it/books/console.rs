//! Admin > Referrals > Books.

use domain::account::{Role, TenantRole};

use crate::support::{TestApp, on_both_databases};

on_both_databases!(
    the_page_shows_the_books,
    the_button_compares_and_the_difference_is_done,
    the_desk_has_no_books,
);

const BOOKS: &str = "/admin/referrals/books";

async fn the_page_shows_the_books(app: TestApp) {
    let dana = app.detroit_admin().await;
    let empty = dana.get(BOOKS).await.text;
    assert!(
        empty.contains("No credit has reached Stripe yet"),
        "{empty}"
    );
    assert!(empty.contains("were never compared"), "{empty}");
    let refused = dana
        .refused("compare_books", &[("program", "tenant")])
        .await;
    assert!(refused.message.unwrap().contains("not connected"));
    let (referred, _) = app.credited_mia().await;
    app.compare_books().await;
    let page = dana.get(BOOKS).await.text;
    for words in [
        "Earned",
        "Spent",
        "Taken back",
        "Outstanding",
        "$10.00",
        "<svg role=\"img\"",
        "Nothing differs.",
        "1 customer",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    let mias = format!("/admin/members/{}", referred.mia.id);
    assert!(page.contains(&mias), "{page}");
    let referrals = dana.get("/admin/referrals").await.text;
    assert!(
        referrals.contains("/admin/referrals/books?tab=tenant"),
        "{referrals}"
    );
    app.run_jobs().await;
}

async fn the_button_compares_and_the_difference_is_done(app: TestApp) {
    let dana = app.detroit_admin().await;
    let (_, customer) = app.credited_mia().await;
    app.run_jobs().await;
    app.delete_customer(&customer).await;
    let form = [("program", "tenant")];
    let said = dana.done("compare_books", &form).await;
    assert!(said.contains("has begun"), "{said}");
    let said = dana.done("compare_books", &form).await;
    assert!(said.contains("going on already"), "{said}");
    let page = dana.get(BOOKS).await.text;
    assert!(page.contains("A comparison is going on"), "{page}");
    app.run_jobs().await;
    let page = dana.get(BOOKS).await.text;
    assert!(
        page.contains("The customer was deleted at Stripe"),
        "{page}"
    );
    assert!(page.contains("Mark as done"), "{page}");
    let referrals = dana.get("/admin/referrals").await.text;
    let words = "1 balance at Stripe differs from the books";
    assert!(referrals.contains(words), "{referrals}");
    let id = app.difference_rows().await.remove(0).id.to_string();
    let form = [("program", "tenant"), ("id", id.as_str())];
    dana.done("settle_difference", &form).await;
    let again = dana.refused("settle_difference", &form).await;
    assert!(again.message.unwrap().contains("not open anymore"));
    let page = dana.get(BOOKS).await.text;
    assert!(!page.contains("Mark as done"), "{page}");
    let changes = app.audit_rows().await;
    for field in ["Comparison with Stripe", "Difference"] {
        assert!(
            changes.iter().any(|row| row.field == field),
            "{field}: {changes:?}"
        );
    }
}

async fn the_desk_has_no_books(app: TestApp) {
    let role = Role::Tenant(TenantRole::Desk);
    app.staff(&app.detroit, role, "dora@example.com").await;
    let dora = app.signed_in("dora@example.com").await;
    assert_eq!(dora.get(BOOKS).await.status, 403);
    let page = dora.get("/admin/referrals").await.text;
    assert!(!page.contains("/admin/referrals/books"), "{page}");
}
