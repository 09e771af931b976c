//! What a page says of itself in its head.

use domain::purchase::ProductKind;
use sea_orm::{ActiveModelTrait, Set};
use store::entities::product;

use super::{CODE, NOBODYS, PICTURE, attribute, file, meta};
use crate::support::{Browser, Page, TestApp, on_both_databases};

on_both_databases!(
    each_page_for_everyone_says_what_it_is,
    a_product_page_says_what_is_sold,
    an_address_without_what_does_not_choose_the_page,
    the_code_stays_in_the_preview_and_not_in_the_canonical_address,
    a_page_that_is_not_for_everyone_says_nothing,
    texts_are_escaped,
    the_picture_has_another_address_when_it_changes,
);

fn canonical(page: &Page) -> Option<String> {
    attribute(page, &["link", "rel=\"canonical\""], "href")
}

/// Checks the tags of the page at `path`, and that its picture is there.
async fn assert_tags(browser: &Browser, path: &str, title: &str, description: Option<&str>) {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    let own = format!("{}{path}", browser.origin);
    assert_eq!(canonical(&page), Some(own.clone()), "{path}");
    let picture = meta(&page, "og:image").unwrap();
    let relative = picture.strip_prefix(&browser.origin).unwrap();
    assert!(relative.starts_with(PICTURE), "{picture}");
    assert_eq!(
        file(browser, relative, None).await.picture().dimensions(),
        (1200, 630)
    );
    for (name, content) in [
        ("og:title", title),
        ("twitter:title", title),
        ("og:type", "website"),
        ("og:url", &own),
        ("og:image:type", "image/png"),
        ("og:image:width", "1200"),
        ("og:image:height", "630"),
        ("twitter:card", "summary_large_image"),
        ("twitter:image", &picture),
    ] {
        assert_eq!(
            meta(&page, name).as_deref(),
            Some(content),
            "{path}: {name}"
        );
    }
    for name in ["description", "og:description", "twitter:description"] {
        assert_eq!(meta(&page, name).as_deref(), description, "{path}: {name}");
    }
    let site = meta(&page, "og:site_name").unwrap();
    let alt = meta(&page, "og:image:alt").unwrap();
    assert!(alt.contains(&site), "{path}: {alt}");
}

async fn each_page_for_everyone_says_what_it_is(app: TestApp) {
    app.platform().await;
    let visitor = app.browser();
    for (path, title, description) in [
        ("/", "Detroit Arms", "Detroit Arms is here for you."),
        ("/events", "Events", "Tickets for upcoming events."),
        (
            "/courses",
            "Courses",
            "Learn step by step from an instructor.",
        ),
        ("/shop", "Shop", "Things to take home."),
        (
            "/register",
            "Register",
            "One account for everything at Detroit Arms.",
        ),
        ("/sign-in", "Sign in", "Sign in to Detroit Arms."),
        (
            "/forgot-password",
            "Forgot password",
            "Choose a new password at Detroit Arms.",
        ),
    ] {
        assert_tags(&visitor, path, title, Some(description)).await;
    }
    let prospect = app.browser_at("pewpros.localhost");
    // The brand has no tagline here.
    assert_tags(&prospect, "/", "PewPros", None).await;
    let prices = "PewPros: Annual $1,250/yr or Monthly $125/mo";
    assert_tags(&prospect, "/pricing", "Pricing", Some(prices)).await;
}

async fn a_product_page_says_what_is_sold(app: TestApp) {
    let ticket = app.product(&app.detroit, ProductKind::EventTicket, "night-shoot", 2500);
    ticket.await;
    let visitor = app.browser();
    let (title, summary) = ("The night-shoot", Some("One line."));
    assert_tags(&visitor, "/events/night-shoot", title, summary).await;
    let page = visitor.get("/events/night-shoot").await;
    assert_eq!(
        meta(&page, "og:image:alt").as_deref(),
        Some("The night-shoot at Detroit Arms")
    );
    assert!(
        page.text
            .contains("<title>The night-shoot · Detroit Arms</title>")
    );
}

async fn an_address_without_what_does_not_choose_the_page(app: TestApp) {
    let visitor = app.browser();
    let page = visitor
        .get("/register?next=%2Fevents&utm_source=mail")
        .await;
    assert_eq!(
        canonical(&page),
        Some(format!("{}/register", visitor.origin))
    );
    app.platform().await;
    let prospect = app.browser_at("pewpros.localhost");
    let page = prospect.get("/pricing?plan=annual&cancelled=1").await;
    assert_eq!(
        canonical(&page),
        Some(format!("{}/pricing", prospect.origin))
    );
}

async fn the_code_stays_in_the_preview_and_not_in_the_canonical_address(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let visitor = app.browser();
    // A page does not say whether a code is somebody's.
    for code in [CODE, NOBODYS] {
        let page = visitor
            .get(&format!(
                "/events?utm_source=x&ref={}&via=mail",
                code.to_uppercase()
            ))
            .await;
        let own = format!("{}/events", visitor.origin);
        assert_eq!(canonical(&page).as_deref(), Some(&*own));
        assert_eq!(meta(&page, "og:url"), Some(format!("{own}?ref={code}")));
        let picture = meta(&page, "og:image").unwrap();
        assert!(picture.contains(&format!("code={code}")), "{picture}");
        assert!(!picture.contains("ref="), "{picture}");
    }
    for nonsense in ["", "nonsense", "%3Cscript%3E", "ab3kx7m"] {
        let page = visitor.get(&format!("/events?ref={nonsense}")).await;
        assert_eq!(meta(&page, "og:url"), canonical(&page), "{nonsense}");
        assert!(!meta(&page, "og:image").unwrap().contains("code="));
    }
}

async fn a_page_that_is_not_for_everyone_says_nothing(app: TestApp) {
    let dana = app.detroit_admin().await;
    for path in [
        "/dashboard",
        "/account",
        "/credits",
        "/notifications",
        "/admin/referrals",
        "/admin/settings",
        "/reset-password?token=0",
        "/confirm-email?token=0",
        "/invitation?token=0",
        "/unsubscribe?member=1&topic=referrals&key=0",
        "/nothing-here",
        "/events/nothing-here",
    ] {
        let page = dana.get(path).await;
        assert!(page.text.contains("<title>"), "{path}: {}", page.status);
        assert!(!page.text.contains("property=\"og:"), "{path}");
        assert!(!page.text.contains("twitter:"), "{path}");
        assert_eq!(canonical(&page), None, "{path}");
    }
}

async fn texts_are_escaped(app: TestApp) {
    let ticket = app.product(&app.detroit, ProductKind::EventTicket, "night-shoot", 2500);
    let mut ticket: product::ActiveModel = ticket.await.into();
    let name = "\"><script>alert(1)</script> & more";
    ticket.name = Set(name.to_owned());
    ticket.summary = Set(name.to_owned());
    ticket.update(app.state.db.writer()).await.unwrap();
    let page = app.browser().get("/events/night-shoot").await;
    assert!(!page.text.contains("<script>alert"), "{}", page.text);
    for tag in ["og:title", "og:description", "description", "twitter:title"] {
        assert_eq!(meta(&page, tag).as_deref(), Some(name), "{tag}");
    }
}

async fn the_picture_has_another_address_when_it_changes(app: TestApp) {
    let ticket = app.product(&app.detroit, ProductKind::EventTicket, "night-shoot", 2500);
    let mut ticket: product::ActiveModel = ticket.await.into();
    let visitor = app.browser();
    let before = meta(&visitor.get("/events/night-shoot").await, "og:image");
    assert_eq!(
        meta(&visitor.get("/events/night-shoot").await, "og:image"),
        before
    );
    ticket.price_cents = Set(2600);
    ticket.update(app.state.db.writer()).await.unwrap();
    assert_ne!(
        meta(&visitor.get("/events/night-shoot").await, "og:image"),
        before
    );
}
