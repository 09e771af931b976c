//! The demo's products, from `demo/catalogue.json`.

use anyhow::Context;
use domain::purchase::ProductKind;
use sea_orm::Set;
use serde::Deserialize;
use services::Engine;
use store::{entities::product, products, sites::Site};

#[derive(Deserialize)]
struct Catalogue {
    sites: Vec<SiteCatalogue>,
}

#[derive(Deserialize)]
struct SiteCatalogue {
    key: String,
    products: Vec<DemoProduct>,
}

#[derive(Deserialize)]
struct DemoProduct {
    kind: ProductKind,
    slug: String,
    name: String,
    summary: String,
    description: String,
    detail: String,
    price_cents: i64,
    picture: String,
}

/// Writes the site's products, in the order of the file.
pub async fn fill(state: &Engine, site: &Site) -> anyhow::Result<()> {
    let catalogue: Catalogue = serde_json::from_str(include_str!("../../demo/catalogue.json"))
        .context("demo/catalogue.json")?;
    let ours = catalogue
        .sites
        .into_iter()
        .filter(|catalogue| catalogue.key == site.row.key);
    for (position, demo) in (0..).zip(ours.flat_map(|catalogue| catalogue.products)) {
        let row = product::ActiveModel {
            site_id: Set(site.id()),
            kind: Set(demo.kind.into()),
            slug: Set(demo.slug),
            name: Set(demo.name),
            summary: Set(demo.summary),
            description: Set(demo.description),
            detail: Set(demo.detail),
            price_cents: Set(demo.price_cents),
            currency: Set(site.currency().into()),
            picture: Set(demo.picture),
            position: Set(position),
            ..Default::default()
        };
        products::insert(state.db.writer(), row).await?;
    }
    Ok(())
}
