//! Site Settings > General: the terms and the privacy policy, and their pages.

use domain::policy::{CONTENT_MAX, Policy};
use services::operator;
use store::{site_policies, sites};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    a_text_has_a_page_and_a_link_on_every_page,
    an_address_is_where_the_page_leads,
    what_is_refused_is_kept_beside_its_field,
    the_second_of_two_admins_is_told,
    only_who_manages_settings_may,
    a_brand_has_its_own,
);

const TAB: &str = "/admin/settings?tab=general";
const TERMS: &str = "One.\r\n\r\nTwo & <b>three</b>:\r\n- four\r\n";

async fn version(app: &TestApp, policy: Policy) -> String {
    let site = sites::by_id(app.state.db.reader(), app.detroit.id()).await;
    let site = site.unwrap().unwrap();
    let hash = site_policies::hash(&site.row, policy);
    hash.unwrap_or_default().to_owned()
}

/// Saves in place of what there is; returns the notice.
async fn save(app: &TestApp, browser: &Browser, policy: Policy, content: &str) -> String {
    let version = version(app, policy).await;
    let fields = [
        ("policy", policy.code()),
        ("content", content),
        ("version", &version),
    ];
    browser.done("save_policy", &fields).await
}

async fn a_text_has_a_page_and_a_link_on_every_page(app: TestApp) {
    let dana = app.detroit_admin().await;
    let visitor = app.browser();
    let before = visitor.get("/register").await.text;
    assert!(!before.contains("By creating an account"), "{before}");
    for policy in Policy::ALL {
        assert_eq!(visitor.get(policy.path()).await.status, 404);
        assert!(!before.contains(policy.path()), "{before}");
    }
    let notice = save(&app, &dana, Policy::Terms, TERMS).await;
    assert_eq!(notice, "Terms of Service saved.");
    let page = visitor.get("/terms").await;
    assert_eq!(page.status, 200);
    for shown in [
        "<h1 class=\"page-title\">Terms of Service</h1>",
        "<p dir=\"auto\">One.</p>",
        "<p dir=\"auto\">Two &amp; &lt;b&gt;three&lt;/b&gt;:\n- four</p>",
        "<title>Terms of Service · Detroit Arms</title>",
    ] {
        assert!(page.text.contains(shown), "{shown} in {}", page.text);
    }
    assert_eq!(visitor.get("/privacy").await.status, 404);
    let home = visitor.get("/").await.text;
    assert!(home.contains("<a href=\"/terms\">Terms</a>"), "{home}");
    assert!(!home.contains("href=\"/privacy\""), "{home}");
    let agreed = |page: String| {
        let (_, rest) = page
            .split_once("By creating an account you agree to")
            .unwrap();
        rest.split_once("</p>").unwrap().0.to_owned()
    };
    let register = agreed(visitor.get("/register").await.text);
    assert!(register.contains("href=\"/terms\""), "{register}");
    assert!(!register.contains("href=\"/privacy\""), "{register}");
    save(&app, &dana, Policy::Privacy, "We keep little.").await;
    let register = agreed(visitor.get("/register").await.text);
    assert!(register.contains("href=\"/privacy\""), "{register}");
    assert_eq!(
        app.browser_at("coaching.localhost")
            .get("/terms")
            .await
            .status,
        404
    );

    save(&app, &dana, Policy::Terms, " ").await;
    assert_eq!(visitor.get("/terms").await.status, 404);
    let rows = app.audit_rows().await;
    let logged: Vec<_> = rows
        .iter()
        .map(|row| {
            (
                &*row.subject,
                row.old_value.as_deref(),
                row.new_value.as_deref(),
            )
        })
        .collect();
    let [first, second, third] = &logged[..] else {
        panic!("{logged:?}");
    };
    assert_eq!((first.0, first.1), ("Terms of Service", None));
    assert!(first.2.unwrap().starts_with("32 characters ("), "{first:?}");
    assert_eq!(second.0, "Privacy Policy");
    assert_eq!((third.1, third.2), (first.2, None));
}

async fn an_address_is_where_the_page_leads(app: TestApp) {
    let dana = app.detroit_admin().await;
    let address = "https://example.com/privacy?for=members";
    save(&app, &dana, Policy::Privacy, address).await;
    let page = app.browser().get("/privacy").await;
    assert_eq!(
        (page.status.as_u16(), page.header("location")),
        (303, address)
    );
    let rows = app.audit_rows().await;
    assert_eq!(rows[0].new_value.as_deref(), Some(address));
    // It would lead to itself for ever.
    operator::sites::add_host(&app.state, "detroit-arms", "detroitarms.com", false)
        .await
        .unwrap();
    let own = [
        ("policy", "privacy"),
        ("content", "https://DetroitArms.com/privacy"),
        ("version", ""),
    ];
    let refusal = dana.refused("save_policy", &own).await;
    let about = refusal.about("content").unwrap();
    assert!(about.contains("an address of this site"), "{about}");
}

async fn what_is_refused_is_kept_beside_its_field(app: TestApp) {
    let dana = app.detroit_admin().await;
    // The longest text, each letter of which takes most room in a form.
    let longest = "🎯".repeat(CONTENT_MAX);
    save(&app, &dana, Policy::Terms, &longest).await;
    assert!(app.browser().get("/terms").await.text.contains(&longest));
    let version = version(&app, Policy::Terms).await;
    for (content, message) in [
        (
            "http://example.com/terms",
            "Enter an address that begins with https://",
        ),
        (
            &*"x".repeat(CONTENT_MAX + 1),
            "Use at most 20,000 characters",
        ),
    ] {
        let typed = [
            ("policy", "terms"),
            ("content", content),
            ("version", &*version),
        ];
        let answer = dana.submit("save_policy", &typed).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("location")),
            (303, TAB)
        );
        let page = dana.get(TAB).await.text;
        let beside = |policy: &str| {
            let error = page.split_once(&format!("id=\"policy-{policy}-error\""));
            let error = error.unwrap().1.split_once('>').unwrap().1;
            error.split_once('<').unwrap().0.to_owned()
        };
        assert!(beside("terms").starts_with(message), "{}", beside("terms"));
        assert_eq!(beside("privacy"), "");
        assert!(page.contains(content), "what was typed is kept");
    }
    assert!(app.browser().get("/terms").await.text.contains(&longest));
    let unknown = [("policy", "other"), ("content", "x"), ("version", "")];
    let refusal = dana.refused("save_policy", &unknown).await;
    assert!(refusal.message.unwrap().contains("Reload"));
}

async fn the_second_of_two_admins_is_told(app: TestApp) {
    let dana = app.detroit_admin().await;
    save(&app, &dana, Policy::Terms, "First").await;
    let second = [("policy", "terms"), ("content", "Second"), ("version", "")];
    let refusal = dana.refused("save_policy", &second).await;
    let message = refusal.message.clone().unwrap();
    assert!(
        message.starts_with("Dana Stone saved another text"),
        "{message}"
    );
    assert_eq!(refusal.typed("content"), "Second");
    // Who typed the same has what they want.
    let same = [("policy", "terms"), ("content", "First"), ("version", "")];
    dana.done("save_policy", &same).await;
    let version = refusal.typed("version").to_owned();
    let again = [
        ("policy", "terms"),
        ("content", "Second"),
        ("version", &*version),
    ];
    dana.done("save_policy", &again).await;
    assert!(app.browser().get("/terms").await.text.contains("Second"));
}

async fn only_who_manages_settings_may(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let typed = [("policy", "terms"), ("content", "Mine"), ("version", "")];
    let pat = app.signed_in("pat@example.com").await;
    let refusal = pat.refused("save_policy", &typed).await;
    assert!(refusal.message.unwrap().contains("Your role"));
    let mia = app.signed_in("mia@example.com").await;
    assert_eq!(mia.fetch("save_policy", &typed).await.status, 403);
    assert_eq!(app.browser().get("/terms").await.status, 404);
}

async fn a_brand_has_its_own(app: TestApp) {
    let platform = app.platform().await;
    app.platform_admin(&platform.pewpros, "pat@example.com")
        .await;
    let pat = app.browser_at("pewpros.localhost");
    pat.sign_in("pat@example.com").await;
    let typed = [
        ("policy", "terms"),
        ("content", "Plans renew."),
        ("version", ""),
    ];
    pat.done("save_policy", &typed).await;
    let page = app.browser_at("pewpros.localhost").get("/terms").await;
    assert!(page.text.contains("Plans renew."), "{}", page.text);
    let pricing = app.browser_at("pewpros.localhost").get("/pricing").await;
    assert!(pricing.text.contains("href=\"/terms\""), "{}", pricing.text);
    assert_eq!(app.browser().get("/terms").await.status, 404);
}
