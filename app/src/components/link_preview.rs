//! What programs read of a page that everybody may see: search engines, and those that show a preview of a shared
//! link.

use std::hash::{DefaultHasher, Hash, Hasher};

use leptos::prelude::*;
use leptos_meta::{Link, Meta};

use super::PageTitle;
use crate::{
    ports::Viewer,
    types::{Product, SiteBrand},
};

/// The address of the pictures. Its query says of which page, and who shared the link.
pub const PREVIEW_PICTURE: &str = "/site/preview.png";

/// The size of each picture in pixels.
const SIZE: [&str; 2] = ["1200", "630"];

/// The page's title, description and canonical address, and its preview: Open Graph (ogp.me), which most programs
/// read, and X's own tags. Pages that are not for everyone have a [`PageTitle`] alone.
#[component]
pub fn LinkPreview(
    /// As of [`PageTitle`].
    #[prop(into)]
    title: String,
    /// A sentence; empty for none.
    #[prop(into)]
    description: String,
    /// The path of the page.
    #[prop(into)]
    path: String,
    /// What is sold on the page.
    #[prop(optional)]
    product: Option<Product>,
) -> impl IntoView {
    let viewer = Viewer::current();
    let canonical = format!("{}{path}", viewer.base_url);
    // Some programs open this address in place of the one that was shared, so it leads to the same referrer.
    let shared = match &viewer.code {
        Some(code) => format!("{canonical}?ref={code}"),
        None => canonical.clone(),
    };
    let picture = picture(&viewer, product.as_ref());
    let alt = picture_words(&viewer.site, product.as_ref());
    let site = viewer.site.name;
    let name = if title.is_empty() {
        site.clone()
    } else {
        title.clone()
    };
    let description = (!description.is_empty()).then_some(description);
    let of_description = description.map(|text| {
        view! {
            <Meta name="description" content=text.clone() />
            <Meta property="og:description" content=text.clone() />
            <Meta name="twitter:description" content=text />
        }
    });
    let [width, height] = SIZE;
    view! {
        <PageTitle title=title />
        <Link rel="canonical" href=canonical />
        <Meta property="og:type" content="website" />
        <Meta property="og:site_name" content=site />
        <Meta property="og:title" content=name.clone() />
        <Meta property="og:url" content=shared />
        <Meta property="og:image" content=picture.clone() />
        <Meta property="og:image:type" content="image/png" />
        <Meta property="og:image:width" content=width />
        <Meta property="og:image:height" content=height />
        <Meta property="og:image:alt" content=alt.clone() />
        <Meta name="twitter:card" content="summary_large_image" />
        <Meta name="twitter:title" content=name />
        <Meta name="twitter:image" content=picture />
        <Meta name="twitter:image:alt" content=alt />
        {of_description}
    }
}

/// The address of the page's picture. It changes with what is on it, since programs keep a picture by its address.
fn picture(viewer: &Viewer, product: Option<&Product>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some(product) = product {
        query.append_pair("page", &product.path());
    }
    if let Some(code) = &viewer.code {
        query.append_pair("code", code);
    }
    query.append_pair("v", &version(&viewer.site, product));
    format!("{}{PREVIEW_PICTURE}?{}", viewer.base_url, query.finish())
}

fn version(site: &SiteBrand, product: Option<&Product>) -> String {
    let mut hasher = DefaultHasher::new();
    (&site.name, &site.tagline, &site.accent_style).hash(&mut hasher);
    let product = product.map(|product| {
        let when = (&product.starts, &product.detail);
        (&product.name, when, product.price.to_string())
    });
    product.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// What is on the picture, but for who shared the link: the page does not look that up.
fn picture_words(site: &SiteBrand, product: Option<&Product>) -> String {
    match product {
        Some(product) => format!("{} at {}", product.name, site.name),
        None => site.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        account::SiteKind,
        money::{Currency, Money},
        purchase::ProductKind,
    };

    use super::*;
    use crate::types::DatabaseKind;

    fn site() -> SiteBrand {
        SiteBrand {
            kind: SiteKind::Tenant,
            name: "Detroit Arms".to_owned(),
            tagline: "Indoor range.".to_owned(),
            theme: "range".to_owned(),
            logo: None,
            accent_style: None,
            time_zone: "UTC".to_owned(),
            postal_address: String::new(),
            opening_hours: String::new(),
            support_email: None,
            policies: Vec::new(),
            simulated_payments: false,
            database: DatabaseKind::Original,
        }
    }

    fn product(cents: i64) -> Product {
        Product {
            id: 1,
            kind: ProductKind::EventTicket,
            slug: "ladies-night".to_owned(),
            name: "Ladies' Night".to_owned(),
            summary: String::new(),
            description: String::new(),
            detail: String::new(),
            starts: None,
            ships: false,
            price: Money::new(cents, Currency::Usd),
            picture: String::new(),
        }
    }

    #[test]
    fn what_is_on_the_picture_changes_its_address() {
        let now = version(&site(), Some(&product(2500)));
        assert_eq!(now, version(&site(), Some(&product(2500))));
        assert_ne!(now, version(&site(), Some(&product(2600))), "the price");
        assert_ne!(now, version(&site(), None));
        let renamed = SiteBrand {
            name: "Detroit Range".to_owned(),
            ..site()
        };
        assert_ne!(version(&site(), None), version(&renamed, None));
    }

    #[test]
    fn the_picture_is_described() {
        assert_eq!(picture_words(&site(), None), "Detroit Arms");
        let of_product = picture_words(&site(), Some(&product(0)));
        assert_eq!(of_product, "Ladies' Night at Detroit Arms");
    }
}
