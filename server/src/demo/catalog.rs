//! The demo's products, from `demo/catalog.json`.

use anyhow::Context;
use domain::purchase::ProductKind;
use sea_orm::Set;
use serde::Deserialize;
use services::Engine;
use store::{entities::product, products, sites::Site};

#[derive(Deserialize)]
struct Catalog {
    sites: Vec<SiteCatalog>,
}

#[derive(Deserialize)]
struct SiteCatalog {
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
    let catalog: Catalog = serde_json::from_str(include_str!("../../demo/catalog.json"))
        .context("demo/catalog.json")?;
    let ours = catalog
        .sites
        .into_iter()
        .filter(|catalog| catalog.key == site.row.key);
    for (position, demo) in (0..).zip(ours.flat_map(|catalog| catalog.products)) {
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
