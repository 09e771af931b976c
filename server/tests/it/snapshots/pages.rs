//! The HTML of each page, as a browser without JavaScript gets it.

use crate::{
    snapshots::assert_same,
    support::{Browser, TestApp, on_both_databases},
};

on_both_databases!(
    with mail:
    what_a_visitor_reads,
    what_a_member_reads,
    what_an_admin_reads,
    what_a_prospect_reads,
);

/// The page's elements, one on each line, without scripts and without what Leptos marks for the browser.
fn elements(html: &str) -> String {
    let mut lines = Vec::new();
    let mut rest = html;
    while let Some(begin) = rest.find('<') {
        let text = rest[..begin].trim();
        if !text.is_empty() {
            lines.push(text.to_owned());
        }
        rest = &rest[begin..];
        let end = match rest {
            _ if rest.starts_with("<!--") => rest.find("-->").map(|at| at + 3),
            _ if rest.starts_with("<script") => rest.find("</script>").map(|at| at + 9),
            _ => rest.find('>').map(|at| at + 1),
        };
        let (tag, after) = rest.split_at(end.expect("a tag that ends"));
        let is_marker = tag.starts_with("<!") || tag.starts_with("<script");
        if !is_marker && !tag.contains("leptos-") {
            lines.push(tag.to_owned());
        }
        rest = after;
    }
    lines.join("\n")
}

async fn assert_page(browser: &Browser, name: &str, path: &str, status: u16) {
    let page = browser.get(path).await;
    assert_eq!(page.status, status, "{path}");
    assert_same!(name, elements(&page.text));
}

async fn what_a_visitor_reads(app: TestApp) {
    let referred = app.referred().await;
    let browser = app.browser();
    let product = format!("/events/{}", referred.ticket.slug);
    for (name, path, status) in [
        ("page-home", "/", 200),
        ("page-events", "/events", 200),
        ("page-shop-empty", "/shop", 200),
        ("page-product", product.as_str(), 200),
        ("page-register", "/register", 200),
        ("page-sign-in", "/sign-in", 200),
        ("page-forgot-password", "/forgot-password", 200),
        ("page-reset-password-ended", "/reset-password?token=0", 200),
        ("page-not-found", "/nothing-here", 404),
    ] {
        assert_page(&browser, name, path, status).await;
    }
}

async fn what_a_member_reads(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    let mia = app.signed_in("mia@example.com").await;
    assert_page(&mia, "page-dashboard-credited", "/dashboard", 200).await;
    assert_page(&mia, "page-credits", "/credits", 200).await;
    assert_page(&mia, "page-notifications", "/notifications", 200).await;
    let jane = app.signed_in("jane@example.com").await;
    assert_page(&jane, "page-dashboard-new", "/dashboard", 200).await;
    assert_page(&jane, "page-credits-none", "/credits", 200).await;
    assert_page(&jane, "page-forbidden", "/admin/referrals", 403).await;
    app.give_balance(&referred.jane, "cus_jane", 1250).await;
    assert_page(&jane, "page-account-delete", "/account/delete", 200).await;
    let form = [("password", "not the password")];
    jane.submit("delete_account", &form).await;
    assert_page(&jane, "page-account-delete-refused", "/account/delete", 200).await;
    assert_page(&jane, "page-account-deleted", "/deleted", 200).await;
}

async fn what_an_admin_reads(app: TestApp) {
    let referred = app.referred().await;
    let sale = app.sell(&referred).await;
    app.decide(sale).await;
    app.settle().await;
    app.admin(&app.detroit, "dana@example.com").await;
    let dana = app.signed_in("dana@example.com").await;
    let erase = format!("/admin/members/{}/erase", referred.jane.id);
    for (name, path) in [
        ("page-admin-member-erase", erase.as_str()),
        ("page-admin-same-address", "/admin/members/same-address"),
        ("page-admin-referrals", "/admin/referrals"),
        ("page-admin-orders", "/admin/orders"),
        ("page-admin-catalog", "/admin/catalog"),
        ("page-admin-product", "/admin/catalog/new"),
        ("page-admin-members", "/admin/members"),
        ("page-admin-settings", "/admin/settings"),
    ] {
        assert_page(&dana, name, path, 200).await;
    }
}

async fn what_a_prospect_reads(app: TestApp) {
    app.platform().await;
    let browser = app.browser_at("pewpros.localhost");
    assert_page(&browser, "page-brand", "/", 200).await;
    assert_page(&browser, "page-pricing", "/pricing", 200).await;
    assert_page(&browser, "page-referrer", "/referrer", 200).await;
    let ended = "/referrer/sign-in?token=0";
    assert_page(&browser, "page-referrer-link-ended", ended, 200).await;
}
