//! The demo's products, from `demo/catalog.json`.

use anyhow::Context;
use domain::purchase::ProductKind;
use sea_orm::Set;
use serde::Deserialize;
use services::Engine;
use store::{Timestamp, entities::product, products, sites::Site};
use time::{Duration, PrimitiveDateTime, macros::format_description};

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
    #[serde(default)]
    detail: String,
    /// When an event begins there: `2027-03-13T10:00`.
    #[serde(default)]
    starts: Option<String>,
    #[serde(default)]
    ships: bool,
    price_cents: i64,
    picture: String,
}

fn read() -> anyhow::Result<Catalog> {
    serde_json::from_str(include_str!("../../demo/catalog.json")).context("demo/catalog.json")
}

/// Writes the site's products, in the order of the file.
pub async fn fill(state: &Engine, site: &Site) -> anyhow::Result<()> {
    let ours = read()?
        .sites
        .into_iter()
        .filter(|catalog| catalog.key == site.row.key);
    for (position, demo) in (0..).zip(ours.flat_map(|catalog| catalog.products)) {
        let starts_at = match &demo.starts {
            Some(shown) => Some(starts_at(site, shown, state.now())?),
            None => None,
        };
        let row = product::ActiveModel {
            site_id: Set(site.id()),
            kind: Set(demo.kind.into()),
            slug: Set(demo.slug),
            name: Set(demo.name),
            summary: Set(demo.summary),
            description: Set(demo.description),
            detail: Set(demo.detail),
            starts_at: Set(starts_at),
            ships: Set(demo.ships),
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

/// The time in the file or, once that is over, the same day of the week in a later year: a demo has something to come
/// whenever it is begun.
fn starts_at(site: &Site, shown: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    const YEAR: Duration = Duration::weeks(52);
    let format = format_description!("[year]-[month]-[day]T[hour]:[minute]");
    let mut shown = PrimitiveDateTime::parse(shown, format)?;
    loop {
        let moment = site.row.time_zone.moment_of(shown);
        let moment = moment.context("a day of the calendar")?.into();
        if moment > now {
            return Ok(moment);
        }
        shown = shown.checked_add(YEAR).context("a day of the calendar")?;
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::PathBuf};

    use super::*;

    /// The folder that is served as `/art`.
    fn art() -> PathBuf {
        PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../frontend/public/art")
    }

    /// The names of the pictures of this kind, without their endings.
    fn drawn(kind: &str) -> BTreeSet<String> {
        let files = fs::read_dir(art()).unwrap();
        let paths = files.map(|file| file.unwrap().path());
        let of_kind = paths.filter(|path| path.extension().is_some_and(|end| end == kind));
        let stems = of_kind.map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned());
        stems.collect()
    }

    #[test]
    fn each_drawing_has_a_png_and_no_png_lacks_its_drawing() {
        let names = drawn("png");
        assert!(!names.is_empty());
        assert_eq!(names, drawn("svg"));
        for name in names {
            let png = art().join(format!("{name}.png"));
            let size = image::image_dimensions(&png).unwrap();
            assert_eq!(size, (1200, 800), "{name}");
            let bytes = fs::metadata(&png).unwrap().len();
            assert!(bytes < 60_000, "{name}: {bytes} bytes");
        }
    }

    #[test]
    fn each_product_of_the_demo_has_a_drawing() {
        let names = drawn("svg");
        let products = read().unwrap().sites.into_iter();
        for product in products.flat_map(|site| site.products) {
            let file = product.picture.strip_prefix("/art/");
            let name = file.and_then(|file| file.strip_suffix(".svg"));
            assert!(
                name.is_some_and(|name| names.contains(name)),
                "{}: {}",
                product.slug,
                product.picture
            );
        }
    }
}
