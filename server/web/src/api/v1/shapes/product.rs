//! The shape of a product.

use app::{components::PREVIEW_PICTURE, types};
use domain::purchase::ProductKind;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Amount, Kind};

/// A product.
#[derive(Serialize, ToSchema)]
pub struct Product {
    #[schema(example = 5)]
    id: i64,
    kind: Kind,
    #[schema(example = "Ladies' Night at the Range")]
    name: String,
    /// One line.
    summary: String,
    /// Paragraphs, separated by blank lines.
    description: String,
    /// Where it takes place, or how long it lasts; may be empty.
    #[schema(example = "2 hours · every Saturday")]
    detail: String,
    /// When an event begins, with the offset of the site's time zone; null if it has no date, and for other kinds.
    #[schema(required, format = "date-time", example = "2027-03-13T10:00:00-05:00")]
    starts_at: Option<String>,
    /// How often a membership costs its price; null for what is paid once.
    #[schema(required)]
    interval: Option<Interval>,
    /// A membership costs it in each `interval`.
    price: Amount,
    /// Its page.
    #[schema(
        format = "uri",
        example = "https://detroitarms.com/events/ladies-night"
    )]
    url: String,
    /// Its picture as SVG; the site's own address for a product without one.
    #[schema(
        format = "uri",
        example = "https://detroitarms.com/art/ladies-night.svg"
    )]
    picture_url: String,
    /// The same picture as a PNG of 1200 × 800, for what cannot draw SVG; null where there is none.
    #[schema(
        required,
        format = "uri",
        example = "https://detroitarms.com/art/ladies-night.png"
    )]
    picture_png_url: Option<String>,
    /// A PNG of 1200 × 630 with its name, time and price, as previews of links show it.
    #[schema(
        format = "uri",
        example = "https://detroitarms.com/site/preview.png?page=%2Fevents%2Fladies%2Dnight"
    )]
    preview_png_url: String,
}

/// How often a membership is paid.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    Month,
}

impl Product {
    /// The product, with addresses on the site with this root URL.
    pub fn of(product: types::Product, base: &str) -> Self {
        let path = product.path();
        let page = utf8_percent_encode(&path, NON_ALPHANUMERIC);
        let is_monthly = product.kind == ProductKind::Membership;
        Self {
            id: product.id,
            kind: product.kind.into(),
            starts_at: product.starts.map(|starts| starts.moment),
            interval: is_monthly.then_some(Interval::Month),
            preview_png_url: format!("{base}{PREVIEW_PICTURE}?page={page}"),
            url: format!("{base}{path}"),
            picture_png_url: png_of(&product.picture).map(|png| format!("{base}{png}")),
            picture_url: format!("{base}{}", product.picture),
            name: product.name,
            summary: product.summary,
            description: product.description,
            detail: product.detail,
            price: product.price.into(),
        }
    }
}

/// The address of the PNG that lies beside each of our SVGs, a test of the demo's catalog makes sure of it; `None` for
/// any other picture, and for none.
fn png_of(picture: &str) -> Option<String> {
    let name = picture.strip_prefix("/art/")?.strip_suffix(".svg")?;
    Some(format!("/art/{name}.png"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_svgs_have_a_png() {
        let ours = png_of("/art/ladies-night.svg");
        assert_eq!(ours.as_deref(), Some("/art/ladies-night.png"));
        for other in ["", "/art/ladies-night.jpg", "/site/logo/1.svg", "/art/svg"] {
            assert_eq!(png_of(other), None, "{other}");
        }
    }
}
