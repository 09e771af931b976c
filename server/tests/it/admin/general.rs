//! Site Settings > General.

use reqwest::{
    Method,
    header::{ACCEPT, CONTENT_TYPE, ORIGIN},
};
use services::operator;
use store::sites::{self, Site};

use crate::support::{Browser, Page, TestApp, on_both_databases};

on_both_databases!(
    what_is_saved_is_shown_on_every_page,
    mistakes_stand_beside_their_fields_and_nothing_is_lost,
    the_second_of_two_admins_is_told,
    who_does_not_run_the_site_changes_nothing,
    a_brand_has_its_own,
    a_logo_stands_in_place_of_the_name,
    what_is_no_logo_is_refused,
    an_accent_is_a_style_sheet_of_its_own,
);

mod with_mail {
    use super::*;

    on_both_databases!(with mail: answers_to_mails_reach_the_site);

    async fn answers_to_mails_reach_the_site(app: TestApp) {
        let dana = app.detroit_admin().await;
        dana.done(
            "save_general",
            &fields(&[("support_email", "help@detroitarms.com")]),
        )
        .await;
        app.browser()
            .go("register", &crate::support::GOOD_FORM)
            .await;
        app.run_jobs().await;
        let mails = app.mailbox.mails();
        let mail = mails
            .iter()
            .find(|mail| mail.to == ["jane@example.com"])
            .unwrap();
        assert!(mail.raw.contains("<help@detroitarms.com>"), "{}", mail.raw);
        assert!(mail.raw.contains("Reply-To:"), "{}", mail.raw);
        assert!(
            mail.text.trim_end().ends_with("help@detroitarms.com"),
            "{}",
            mail.text
        );
    }
}

const TAB: &str = "/admin/settings?tab=general";

/// A form with nothing changed, but for these fields.
fn fields<'a>(changed: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let same = [
        ("name", "Detroit Arms"),
        ("tagline", "Detroit Arms is here for you."),
        ("accent", ""),
        ("time_zone", "UTC"),
        ("postal_address", ""),
        ("opening_hours", ""),
        ("support_email", ""),
        ("version", "1"),
    ];
    let value = |(name, same): (&'static str, &'a str)| {
        let changed = changed.iter().find(|(changed, _)| *changed == name);
        (name, changed.map_or(same, |(_, value)| *value))
    };
    same.into_iter().map(value).collect()
}

/// The text of the element with this attribute.
fn inside<'a>(page: &'a str, attribute: &str) -> &'a str {
    let element = page.split_once(attribute).expect(attribute).1;
    let text = element.split_once('>').unwrap().1;
    text.split_once('<').unwrap().0
}

async fn detroit(app: &TestApp) -> Site {
    let site = sites::by_id(app.state.db.reader(), app.detroit.id()).await;
    site.unwrap().unwrap()
}

/// A picture of one pixel.
fn png() -> Vec<u8> {
    const PNG: &str = "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489\
        0000000b49444154789c6360000200000500017a5eab3f0000000049454e44ae426082";
    (0..PNG.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&PNG[at..at + 2], 16).unwrap())
        .collect()
}

async fn upload(browser: &Browser, content: &[u8]) -> Page {
    let mut body =
        b"--line\r\nContent-Disposition: form-data; name=\"logo\"; filename=\"a.png\"\r\n\
        Content-Type: image/png\r\n\r\n"
            .to_vec();
    body.extend_from_slice(content);
    body.extend_from_slice(b"\r\n--line--\r\n");
    let request = browser
        .request(Method::POST, "/admin/settings/logo")
        .header(ORIGIN, &browser.origin)
        .header(ACCEPT, "text/html")
        .header(CONTENT_TYPE, "multipart/form-data; boundary=line")
        .body(body);
    Page::read(request.send().await).await
}

async fn what_is_saved_is_shown_on_every_page(app: TestApp) {
    let dana = app.detroit_admin().await;
    let page = dana.get(TAB).await.text;
    assert!(page.contains("value=\"Detroit Arms\""), "{page}");
    assert!(page.contains("This site is at localhost."), "{page}");
    let changed = [
        ("name", "Detroit Range"),
        ("tagline", "Come in."),
        ("time_zone", "America/Detroit"),
        ("postal_address", "1 Main St\r\nDetroit, MI 48201"),
        ("opening_hours", "Mon to Fri, 9 to 5"),
        ("support_email", "help@detroitarms.com"),
    ];
    let notice = dana.done("save_general", &fields(&changed)).await;
    assert_eq!(notice, "Settings saved.");
    let page = app.browser().get("/").await.text;
    for shown in [
        "Detroit Range",
        "Come in.",
        "1 Main St\nDetroit, MI 48201",
        "Mon to Fri, 9 to 5",
        "href=\"mailto:help@detroitarms.com\"",
        "Times are in America/Detroit.",
    ] {
        assert!(page.contains(shown), "{shown} in {page}");
    }
    let rows = app.audit_rows().await;
    let logged: Vec<_> = rows.iter().map(|row| &*row.field).collect();
    assert_eq!(
        logged,
        [
            "Name",
            "Tagline",
            "Time zone",
            "Address",
            "Opening hours",
            "Support email"
        ]
    );
    assert!(rows.iter().all(|row| row.actor == "Dana Stone"));
    let log = dana.get("/admin/settings?tab=audit").await.text;
    assert!(log.contains("AM EST") || log.contains("PM EST"), "{log}");
}

async fn mistakes_stand_beside_their_fields_and_nothing_is_lost(app: TestApp) {
    let dana = app.detroit_admin().await;
    let typed = fields(&[
        ("name", ""),
        ("accent", "#ffee00"),
        ("time_zone", "Detroit"),
        ("postal_address", "1 Main St"),
        ("support_email", "nobody"),
    ]);
    let answer = dana.submit("save_general", &typed).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, TAB)
    );
    let page = dana.get(TAB).await.text;
    for (field, message) in [
        ("name", "Enter a name."),
        ("accent", "White text cannot be read on this color."),
        ("time_zone", "Enter a time zone of the IANA"),
        ("support_email", "Enter an email address"),
    ] {
        let beside = inside(&page, &format!("id=\"general-{field}-error\""));
        assert!(beside.starts_with(message), "{field}: {beside}");
    }
    for kept in [
        "value=\"#ffee00\"",
        "value=\"Detroit\"",
        "1 Main St",
        "value=\"nobody\"",
    ] {
        assert!(page.contains(kept), "{kept} in {page}");
    }
    assert!(
        !page.contains("value=\"Detroit Arms\""),
        "the empty name is kept"
    );
    assert_eq!(detroit(&app).await.row, app.detroit.row);
    assert!(app.audit_rows().await.is_empty());
}

async fn the_second_of_two_admins_is_told(app: TestApp) {
    let dana = app.detroit_admin().await;
    dana.done("save_general", &fields(&[("name", "First")]))
        .await;
    let second = fields(&[("name", "Second"), ("tagline", "New.")]);
    let refusal = dana.refused("save_general", &second).await;
    let message = refusal.message.clone().unwrap();
    assert!(
        message.contains("Dana Stone saved these settings"),
        "{message}"
    );
    assert!(message.contains("Name: First"), "{message}");
    assert_eq!(refusal.typed("tagline"), "New.");
    assert_eq!(refusal.typed("version"), "2");
    // Typing the same again changes nothing, so it is no conflict.
    dana.done("save_general", &fields(&[("name", "First")]))
        .await;
    let again = fields(&[("name", "Second"), ("tagline", "New."), ("version", "2")]);
    dana.done("save_general", &again).await;
    assert_eq!(detroit(&app).await.row.name, "Second");
}

async fn who_does_not_run_the_site_changes_nothing(app: TestApp) {
    app.platform_admin(&app.detroit, "pat@example.com").await;
    let pat = app.signed_in("pat@example.com").await;
    let refusal = pat
        .refused("save_general", &fields(&[("name", "Mine")]))
        .await;
    assert!(refusal.message.unwrap().contains("Your role"));
    upload(&pat, &png()).await;
    let page = pat.get(TAB).await.text;
    assert!(!page.contains("save_general"), "{page}");
    assert!(!pat.get("/admin/settings").await.text.contains(TAB));
    app.member(&app.detroit, "Mia", "mia@example.com").await;
    let mia = app.signed_in("mia@example.com").await;
    let answer = mia
        .fetch("save_general", &fields(&[("name", "Mine")]))
        .await;
    assert_eq!(answer.status, 403);
    assert_eq!(upload(&mia, &png()).await.status, 403);
    assert_eq!(detroit(&app).await.row, app.detroit.row);
}

async fn a_brand_has_its_own(app: TestApp) {
    let platform = app.platform().await;
    app.platform_admin(&platform.pewpros, "pat@example.com")
        .await;
    let pat = app.browser_at("pewpros.localhost");
    pat.sign_in("pat@example.com").await;
    let page = pat.get(TAB).await.text;
    assert!(page.contains("value=\"PewPros\""), "{page}");
    pat.done("save_general", &fields(&[("name", "Pew Pros")]))
        .await;
    assert!(
        app.browser_at("pewpros.localhost")
            .get("/")
            .await
            .text
            .contains("Pew Pros")
    );
    assert_eq!(detroit(&app).await.row, app.detroit.row);
}

async fn a_logo_stands_in_place_of_the_name(app: TestApp) {
    let dana = app.detroit_admin().await;
    let answer = upload(&dana, &png()).await;
    assert_eq!(
        (answer.status.as_u16(), answer.header("location")),
        (303, TAB)
    );
    assert!(dana.get(TAB).await.text.contains("The logo was saved."));
    let page = app.browser().get("/").await.text;
    let image = page
        .split("<img ")
        .find(|image| image.contains("brand-logo"));
    let image = image.unwrap().split_once('>').unwrap().0;
    assert!(image.contains("alt=\"Detroit Arms\""), "{image}");
    let address = image.split_once("src=\"").unwrap().1;
    let address = address.split_once('"').unwrap().0;
    let file = app
        .browser()
        .request(Method::GET, address)
        .send()
        .await
        .unwrap();
    assert_eq!(file.headers()["content-type"], "image/png");
    assert_eq!(
        file.headers()["cache-control"],
        "public, max-age=31536000, immutable"
    );
    assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    assert_eq!(file.bytes().await.unwrap(), png());
    let other = app.browser().get("/site/logo?0").await;
    assert_eq!(
        (other.status.as_u16(), other.header("cache-control")),
        (200, "no-cache")
    );
    let elsewhere = app.browser_at("coaching.localhost").get(address).await;
    assert_eq!(elsewhere.status, 404, "another site's");
    assert_eq!(dana.done("remove_logo", &[]).await, "The logo was removed.");
    assert_eq!(app.browser().get(address).await.status, 404);
    assert!(!app.browser().get("/").await.text.contains("brand-logo"));
    let fields: Vec<_> = app
        .audit_rows()
        .await
        .into_iter()
        .map(|row| row.field)
        .collect();
    assert_eq!(fields, ["Logo", "Logo"]);
}

async fn what_is_no_logo_is_refused(app: TestApp) {
    let dana = app.detroit_admin().await;
    let large = vec![0; 3 * 1024 * 1024];
    for (content, message) in [
        (
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>"[..],
            "PNG, JPEG or WebP",
        ),
        (&png()[..40], "cannot be read"),
        (&large, "at most 256 KB"),
        (b"", "Choose a file."),
    ] {
        assert_eq!(upload(&dana, content).await.status, 303);
        let page = dana.get(TAB).await.text;
        let beside = inside(&page, "id=\"logo-error\"");
        assert!(beside.contains(message), "{message}: {beside}");
    }
    let no_form = dana
        .pressing("/admin/settings/logo")
        .body("logo=x")
        .send()
        .await
        .unwrap();
    assert_eq!(no_form.status(), 303);
    let foreign = dana
        .request(Method::POST, "/admin/settings/logo")
        .header(ORIGIN, "https://evil.example")
        .send()
        .await;
    assert_eq!(foreign.unwrap().status(), 403, "from another site");
    assert_eq!(detroit(&app).await.row.logo_hash, None);
}

async fn an_accent_is_a_style_sheet_of_its_own(app: TestApp) {
    assert_eq!(app.browser().get("/site/accent.css").await.status, 404);
    let dana = app.detroit_admin().await;
    dana.done("save_general", &fields(&[("accent", "#B4451F")]))
        .await;
    let page = app.browser().get("/").await.text;
    assert!(
        page.contains("<link rel=\"stylesheet\" href=\"/site/accent.css?b4451f\""),
        "{page}"
    );
    let sheet = app.browser().get("/site/accent.css?b4451f").await;
    assert_eq!(sheet.header("content-type"), "text/css; charset=utf-8");
    assert_eq!(
        sheet.header("cache-control"),
        "public, max-age=31536000, immutable"
    );
    assert!(
        sheet.text.contains("--accent:light-dark(#b4451f,"),
        "{}",
        sheet.text
    );
    let change = operator::sites::SiteChange {
        accent: Some(String::new()),
        ..Default::default()
    };
    operator::sites::set(&app.state, "detroit-arms", change)
        .await
        .unwrap();
    assert!(!app.browser().get("/").await.text.contains("accent.css"));
}
