//! Sharing a link: by mail, text message, WhatsApp, and as a QR code (`docs/rules.md` 188 to 190).

mod channels;
mod pages;

use domain::account::{Role, TenantRole};
use reqwest::Method;
use services::{operator, referral_qr};

use crate::support::{Browser, TestApp, on_both_databases};

on_both_databases!(
    the_card_shares_the_link_once_there_is_one,
    a_site_has_a_message_of_its_own,
    a_message_that_cannot_be_sent_is_refused_and_kept,
    whoever_may_not_change_settings_does_not_change_the_message,
    a_qr_code_is_of_ones_own_link,
    without_a_link_there_is_no_qr_code,
);

const CODE: &str = "ab3kx7mn";
const FILES: [&str; 2] = ["/share/qr.svg", "/share/qr.png"];
const TAB: &str = "/admin/settings?tab=rewards";

/// What the address of a page's link with this label says, decoded.
async fn shared(browser: &Browser, label: &str) -> Option<String> {
    let page = browser.get("/dashboard").await.text;
    let (before, _) = page.split_once(&format!(">{label}</a>"))?;
    let (_, address) = before.rsplit_once("<a href=\"")?;
    let address = address.split_once('"')?.0.replace("&amp;", "&");
    // The query of a form is decoded alike, and has no plus signs here.
    let decoded = form_urlencoded::parse(address.as_bytes());
    let pairs = decoded.map(|(name, value)| format!("{name}={value}"));
    Some(pairs.collect::<Vec<_>>().join("&"))
}

async fn the_card_shares_the_link_once_there_is_one(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.signed_in("mia@example.com").await;
    assert_eq!(shared(&mia, "Email").await, None, "codes are made lazily");
    mia.go("get_referral_link", &[]).await;
    let member = app.find(&app.detroit, "mia@example.com").await.unwrap();
    let link = format!("{}?ref={}", mia.origin, member.referral_code.unwrap());
    for (label, begin, via) in [
        (
            "Email",
            "mailto:?subject=Join me at Detroit Arms&body=",
            "mail",
        ),
        ("Text message", "sms:?=&body=", "sms"),
        ("WhatsApp", "https://wa.me/?text=", "whatsapp"),
    ] {
        let shared = shared(&mia, label).await.unwrap();
        let words = format!("{begin}Join me at Detroit Arms: {link}&via={via}");
        assert_eq!(shared, words, "{label}");
    }
    // For the browser's own menu, in an attribute.
    let page = mia.get("/dashboard").await.text;
    let words = format!("data-share=\"Join me at Detroit Arms: {link}&amp;via=share\"");
    assert!(page.contains(&words), "{page}");
    operator::set_tenant_credit(&app.state, "detroit-arms", 0)
        .await
        .unwrap();
    assert_eq!(shared(&mia, "Email").await, None, "the program is off");
}

async fn a_site_has_a_message_of_its_own(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let (dana, mia) = (
        app.detroit_admin().await,
        app.signed_in("mia@example.com").await,
    );
    let form = [("message", " Shoot with me at {site} & friends. ")];
    let page = dana.submit("save_share_message", &form).await;
    assert_eq!((page.status.as_u16(), page.header("location")), (303, TAB));
    let tab = dana.get(TAB).await.text;
    assert!(tab.contains("Message saved."), "{tab}");
    assert!(
        tab.contains("Shoot with me at {site} &amp; friends.</textarea>"),
        "{tab}"
    );
    let sms = shared(&mia, "Text message").await.unwrap();
    let link = format!("{}?ref={CODE}&via=sms", mia.origin);
    let words = "Shoot with me at Detroit Arms & friends.";
    assert!(sms.ends_with(&format!("{words} {link}")), "{sms}");
    let done = dana.done("save_share_message", &[("message", "")]).await;
    assert_eq!(done, "Message saved.");
    assert!(
        shared(&mia, "Text message")
            .await
            .unwrap()
            .contains("Join me at")
    );
    let rows = app.audit_rows().await;
    let fields: Vec<_> = rows.iter().map(|row| row.field.as_str()).collect();
    assert_eq!(fields, ["Message with a shared link"; 2]);
}

async fn a_message_that_cannot_be_sent_is_refused_and_kept(app: TestApp) {
    let dana = app.detroit_admin().await;
    let long = "long ".repeat(60);
    dana.submit("save_share_message", &[("message", &long)])
        .await;
    let tab = dana.get(TAB).await.text;
    assert!(tab.contains("Use at most 280 characters."), "{tab}");
    assert!(tab.contains(&long), "{tab}");
    assert!(app.audit_rows().await.is_empty());
    assert_eq!(app.site().await.row.share_message, None);
}

async fn whoever_may_not_change_settings_does_not_change_the_message(app: TestApp) {
    let desk = Role::Tenant(TenantRole::Desk);
    app.staff(&app.detroit, desk, "desk@example.com").await;
    app.platform_admin(&app.detroit, "pat@example.com").await;
    for email in ["desk@example.com", "pat@example.com"] {
        let browser = app.signed_in(email).await;
        let answer = browser
            .fetch("save_share_message", &[("message", "Mine.")])
            .await;
        assert_eq!(answer.status, 403, "{email}");
    }
    assert_eq!(app.site().await.row.share_message, None);
}

async fn a_qr_code_is_of_ones_own_link(app: TestApp) {
    app.referrer(&app.detroit, "mia@example.com", CODE).await;
    let mia = app.signed_in("mia@example.com").await;
    let link = format!("{}?ref={CODE}&via=qr", mia.origin);
    let [svg, png] = FILES;
    let page = mia.get(svg).await;
    assert_eq!(
        (page.status.as_u16(), page.header("content-type")),
        (200, "image/svg+xml")
    );
    assert_eq!(page.header("cache-control"), "private, no-store");
    assert_eq!(page.text, referral_qr::svg(&link).unwrap());
    let file = mia.request(Method::GET, png).send().await.unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert_eq!(
        file.bytes().await.unwrap(),
        referral_qr::png(&link).unwrap()
    );
    let sheet = mia.get("/share").await;
    assert_eq!(sheet.status, 200);
    for shown in [
        "Join me at Detroit Arms",
        svg,
        png,
        &format!("{}?ref={CODE}", mia.origin),
    ] {
        assert!(sheet.text.contains(shown), "{shown}: {}", sheet.text);
    }
    // A visitor is asked to sign in, and comes back.
    for path in ["/share", svg, png] {
        let page = app.browser().get(path).await;
        assert_eq!(page.status, 303, "{path}");
        assert_eq!(page.header("location"), format!("/sign-in?next={path}"));
    }
}

async fn without_a_link_there_is_no_qr_code(app: TestApp) {
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.signed_in("mia@example.com").await;
    for path in FILES {
        assert_eq!(mia.get(path).await.status, 404, "{path}");
    }
    let page = mia.get("/share").await;
    assert!(page.text.contains("Get My Referral Link"), "{}", page.text);
    let member = app.find(&app.detroit, "mia@example.com").await.unwrap();
    assert_eq!(member.referral_code, None, "a page makes none");
}
