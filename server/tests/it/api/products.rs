//! What the app reads of a product's picture.

use domain::purchase::ProductKind;
use serde_json::Value;

use crate::support::{TestApp, on_both_databases};

on_both_databases!(a_picture_is_told_as_png_too,);

const PRODUCTS: &str = "/api/v1/products";

async fn a_picture_is_told_as_png_too(app: TestApp) {
    let ticket = app
        .product(&app.detroit, ProductKind::EventTicket, "night", 4500)
        .await;
    let dana = app.detroit_admin().await;
    let bare = [("kind", "course"), ("name", "Bare"), ("price", "4500")];
    dana.go("save_product", &bare).await;

    let phone = app.phone();
    let list = phone.get(PRODUCTS).await.json;
    let named = |name: &str| {
        let mut all = list["data"].as_array().unwrap().iter();
        all.find(|one| one["name"] == name).unwrap().clone()
    };
    let png = format!("{}/art/picture.png", phone.origin);
    let night = named("The night");
    assert_eq!(night["picture_png_url"], png.as_str());
    assert_eq!(
        night["picture_url"],
        format!("{}/art/picture.svg", phone.origin)
    );
    let one = phone.get(&format!("{PRODUCTS}/{}", ticket.id)).await;
    assert_eq!(one.json, night);
    assert_eq!(named("Bare")["picture_png_url"], Value::Null);

    app.site_file("art/picture.png", b"a PNG");
    let served = app.browser().get("/art/picture.png").await;
    assert_eq!(served.status, 200);
    assert_eq!(served.header("content-type"), "image/png");
    let embeds = served.header("cross-origin-resource-policy");
    assert_eq!(embeds, "cross-origin");
}
