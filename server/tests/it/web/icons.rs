//! The icons of pages and of sites (`docs/rules.md` 231).

use std::fs;

use app::islands::{ICONS, Icon};
use image::ImageFormat;
use services::operator::{BRAND_THEMES, TENANT_THEMES};
use sha2::{Digest, Sha256};

use crate::support::TestApp;

/// A file as it is published.
fn published(path: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../frontend/public");
    fs::read(format!("{folder}{path}")).unwrap()
}

#[test]
fn pages_name_the_icons_that_there_are() {
    let (path, version) = ICONS.split_once('?').unwrap();
    let file = published(path);
    let hash = hex::encode(Sha256::digest(&file));
    assert_eq!(version, &hash[..8], "the query of {path}");
    let file = String::from_utf8(file).unwrap();
    let drawn = file.split("<symbol id=\"").skip(1);
    let drawn: Vec<_> = drawn.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(drawn, Icon::ALL.map(Icon::id));
}

#[tokio::test]
async fn an_icon_says_nothing_to_a_screen_reader() {
    let app = TestApp::spawn().await;
    let home = app.browser().get("/").await.text;
    let icons: Vec<_> = home.split("<use href=\"").skip(1).collect();
    assert!(!icons.is_empty(), "{home}");
    for icon in &icons {
        assert!(icon.starts_with(&format!("{ICONS}#")), "{icon}");
    }
    let hidden = home.matches("<svg class=\"icon\" aria-hidden=\"true\">");
    assert_eq!(hidden.count(), icons.len());
}

#[tokio::test]
async fn each_site_has_the_icon_of_its_theme() {
    let app = TestApp::spawn().await;
    app.platform().await;
    for (browser, theme) in [
        (app.browser(), "range"),
        (app.browser_at("pewpros.localhost"), "pewpros"),
    ] {
        let icon = browser.get("/favicon.ico").await;
        assert_eq!(icon.header("location"), format!("/favicons/{theme}.png"));
        let page = browser.get("/").await.text;
        for link in [
            format!("<link rel=\"icon\" href=\"/favicons/{theme}.svg\""),
            format!("<link rel=\"apple-touch-icon\" href=\"/favicons/{theme}.png\""),
        ] {
            assert!(page.contains(&link), "{link}: {page}");
        }
    }
}

#[test]
fn each_theme_has_an_icon_for_tabs_and_for_home_screens() {
    for theme in TENANT_THEMES.into_iter().chain(BRAND_THEMES) {
        let drawing = published(&format!("/favicons/{theme}.svg"));
        assert!(drawing.starts_with(b"<svg "), "{theme}");
        let picture = published(&format!("/favicons/{theme}.png"));
        let picture = image::load_from_memory_with_format(&picture, ImageFormat::Png).unwrap();
        assert_eq!((picture.width(), picture.height()), (180, 180), "{theme}");
        // A home screen shows what is transparent as black.
        let transparent = picture.to_rgba8().pixels().any(|pixel| pixel.0[3] < 255);
        assert!(!transparent, "{theme}");
    }
}
