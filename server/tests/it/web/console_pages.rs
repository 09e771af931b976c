//! Pages of the console and of a brand, without JavaScript.

use domain::{account::SiteKind, purchase::ProductKind};
use sea_orm::{ActiveModelTrait, IntoActiveModel, Set};

use crate::support::{Browser, TestApp};

/// The page's text, without the markers that Leptos leaves between texts.
async fn text(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}: {}", page.text);
    page.text.replace("<!>", "")
}

fn expect(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part} is not in {page}");
    }
}

/// Makes the site at Coaching's host a brand's.
async fn brand(app: &TestApp, name: &str, theme: &str) -> Browser {
    let mut site = app.coaching.row.clone().into_active_model();
    site.kind = Set(SiteKind::Platform.into());
    site.name = Set(name.to_owned());
    site.theme = Set(theme.to_owned());
    site.update(app.state.db.reader()).await.unwrap();
    app.browser_at("coaching.localhost")
}

#[tokio::test]
async fn payments_shows_what_each_right_covers() {
    let app = TestApp::spawn().await;
    let dana = app.detroit_admin().await;
    let page = text(&dana, "/admin/settings").await;
    expect(
        &page,
        &[
            "Referral Program</h2>",
            "Tenant Referral Credit Amount",
            "$10.00",
            "Save Settings",
            "Not connected",
            "Connect Stripe",
        ],
    );
    assert!(!page.contains("Platform Referral Credit Amount"));
    assert!(!page.contains("Stripe for PewPros"));

    app.double_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let page = text(&pat, "/admin/settings?tab=payments").await;
    expect(
        &page,
        &[
            "Tenant Referral Credit Amount",
            "Platform Referral Credit Amount",
            "Stripe for PewPros and CoachPros",
        ],
    );
    for id in ["stripe-tenant-secret_key", "stripe-platform-secret_key"] {
        assert_eq!(page.matches(&format!("id=\"{id}\"")).count(), 1, "{id}");
    }
}

#[tokio::test]
async fn a_refused_form_comes_back_as_it_was_typed_and_stays_stale() {
    let app = TestApp::spawn().await;
    let dana = app.detroit_admin().await;
    let fields = |credit| {
        [
            ("tenant_credit", credit),
            ("currency", "usd"),
            ("memory_days", "0"),
            ("version", "1"),
        ]
    };
    dana.submit("save_settings", &fields("$10")).await;
    // Somebody else saves meanwhile; the form must not take the new version.
    assert_eq!(
        dana.done("save_settings", &fields("1700")).await,
        "Settings saved."
    );
    let page = text(&dana, "/admin/settings?tab=payments").await;
    expect(
        &page,
        &[
            "Enter whole cents, digits only",
            "value=\"$10\"",
            "name=\"version\" value=\"1\"",
        ],
    );
    dana.submit("save_settings", &[("tenant_credit", ""), ("version", "2")])
        .await;
    let page = text(&dana, "/admin/settings").await;
    expect(
        &page,
        &[
            "Settings saved.",
            "Off: the",
            "name=\"version\" value=\"3\"",
        ],
    );
    let log = text(&dana, "/admin/settings?tab=audit").await;
    expect(
        &log,
        &[
            "When",
            "Dana Stone",
            "Tenant Referral Credit Amount",
            "$17.00",
        ],
    );
}

#[tokio::test]
async fn what_people_typed_is_text_in_the_product_form() {
    const EVIL: &str = "</textarea><script>alert(1)</script>\n\n& more";
    let app = TestApp::spawn().await;
    let dana = app.detroit_admin().await;
    let saved = dana
        .submit(
            "save_product",
            &[
                ("kind", "shop_item"),
                ("name", "Range Hat"),
                ("summary", "Keeps the sun off."),
                ("description", EVIL),
                ("price", "1800"),
            ],
        )
        .await;
    let list = saved.headers["location"].to_str().unwrap().to_owned();
    let page = text(&dana, &list).await;
    expect(
        &page,
        &["Range Hat</bdi>", "was saved.", "$18.00", "Withdraw"],
    );
    let id = list.rsplit('=').next().unwrap();
    let form = text(&dana, &format!("/admin/catalog/{id}")).await;
    expect(
        &form,
        &[
            "&lt;/textarea>&lt;script>alert(1)",
            "value=\"1800\"",
            "$18.00",
        ],
    );
    assert!(!form.contains("<script>alert"));
    expect(&text(&dana, "/shop/range-hat").await, &["no-picture"]);
    assert_eq!(dana.get("/admin/catalog/999999").await.status, 404);
    assert_eq!(dana.get("/admin/catalog/hat").await.status, 404);
    expect(
        &text(&dana, "/admin/catalog/new").await,
        &["name=\"kind\"", "Save product"],
    );
}

#[tokio::test]
async fn the_catalogs_old_address_leads_to_the_new_one() {
    let app = TestApp::spawn().await;
    let browser = app.browser();
    for rest in ["", "?saved=5&x=%2F", "/5", "/new?x=1"] {
        let page = browser.get(&format!("/admin/catalogue{rest}")).await;
        assert_eq!(page.status, 308, "{rest}");
        assert_eq!(page.header("location"), format!("/admin/catalog{rest}"));
    }
}

#[tokio::test]
async fn a_member_is_found_and_shown() {
    let app = TestApp::spawn().await;
    let jane = app.member(&app.detroit, "Jane", "jane@example.com").await;
    app.product(&app.detroit, ProductKind::ShopItem, "paper-targets", 1200)
        .await;
    let dana = app.detroit_admin().await;
    expect(
        &text(&dana, "/admin/members?q=jane").await,
        &["jane@example.com"],
    );
    expect(
        &text(&dana, "/admin/members?q=nobody").await,
        &["No members found"],
    );
    let path = format!("/admin/members/{}", jane.id);
    expect(
        &text(&dana, &path).await,
        &[
            "Record a sale made in person",
            "Record sale",
            "No purchases yet",
        ],
    );
    assert_eq!(dana.get("/admin/members/999999").await.status, 404);
}

#[tokio::test]
async fn a_brand_sells_its_plans_in_its_own_voice() {
    let app = TestApp::spawn().await;
    let visitor = brand(&app, "CoachPros", "coachpros").await;
    let page = text(&visitor, "/").await;
    expect(
        &page,
        &[
            "CoachPros</h1>",
            "Less desk, more coaching",
            "href=\"/pricing\"",
        ],
    );
    assert!(!page.contains("/register"));
    let pricing = text(&visitor, "/pricing").await;
    for (plan, price) in [("annual", "$1,250<"), ("monthly", "$125<")] {
        let link = format!("rel=\"nofollow\" href=\"/pricing/checkout?plan={plan}\"");
        expect(&pricing, &[&link, price]);
    }
    assert!(!pricing.contains("is-chosen"));
    let back = text(&visitor, "/pricing?plan=monthly&cancelled=1").await;
    expect(
        &back,
        &["is-chosen", "Nothing was charged. You can still subscribe."],
    );
    let unknown = text(&visitor, "/pricing?unknown_plan=1").await;
    expect(&unknown, &["There is no such plan. Choose one of these."]);
    assert_eq!(visitor.get("/pricing/thank-you").await.status, 404);
    let sign_in = text(&visitor, "/sign-in").await;
    assert!(!sign_in.contains("New here?"));
}

#[tokio::test]
async fn who_signs_in_at_a_brand_lands_in_the_console() {
    let app = TestApp::spawn().await;
    app.platform_admin(&app.coaching, "pat@example.com").await;
    let pat = brand(&app, "PewPros", "pewpros").await;
    let fields = [
        ("email", "pat@example.com"),
        ("password", crate::support::PASSWORD),
    ];
    assert_eq!(pat.go("sign_in", &fields).await, "/admin/referrals");
    let page = text(&pat, "/").await;
    expect(&page, &["href=\"/admin/referrals\"", "Sign out"]);
    assert!(!page.contains("/dashboard"));
}
