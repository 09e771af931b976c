//! What is on the picture of a link (`docs/rules.md` 184 and 185).

use domain::{
    preview::{invitation, shown_name},
    purchase::ProductKind,
    site_profile::Accent,
};
use serde::Serialize;
use server_core::dates;
use sha2::{Digest, Sha256};
use store::entities::{product, site};

use super::font::Font;

/// Changes with how cards are drawn, so that programs that kept a picture get the new one.
const DRAWING: u8 = 1;

/// The texts and the color of a picture. A text may be empty.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Card {
    /// Red, green and blue. White can be read on it.
    pub background: [u8; 3],
    /// A small line at the top.
    pub above: String,
    pub heading: String,
    /// Under the heading: the tagline, or when and where.
    pub below: String,
    /// `detroitarms.com`.
    pub host: String,
    pub price: String,
}

impl Card {
    /// The card of a site at this host, or of one of its products, with the first name of the member who shared
    /// the link. What the font cannot draw is left out, and a product of which it cannot draw the name.
    ///
    /// # Errors
    /// If the font cannot be read.
    pub fn of(
        site: &site::Model,
        host: &str,
        product: Option<&product::Model>,
        first_name: Option<&str>,
    ) -> anyhow::Result<Self> {
        let font = Font::read()?;
        let name = font.drawable(&site.name);
        let invitation = first_name
            .and_then(shown_name)
            .and_then(|first| font.drawable(&first))
            .map(|first| invitation(&first, name.as_deref()));
        let product = product.and_then(|product| Some((product, font.drawable(&product.name)?)));
        let (above, heading, below, price) = match product {
            Some((product, heading)) => {
                let above = invitation.or(name);
                let when = product.starts_at;
                let when = when.map(|at| dates::event(at, &site.time_zone));
                let detail = (!product.detail.is_empty()).then(|| product.detail.clone());
                // Each by itself: the date is drawn also where the place cannot be.
                let below = when.into_iter().chain(detail);
                let below = below.filter_map(|text| font.drawable(&text));
                let below = below.collect::<Vec<_>>().join(" · ");
                (above, heading, below, price(product))
            }
            None => {
                let heading = invitation.or(name);
                let heading = heading.unwrap_or_else(|| host.to_owned());
                let tagline = font.drawable(&site.tagline).unwrap_or_default();
                (None, heading, tagline, String::new())
            }
        };
        let accent = site.accent.map(|accent| *accent);
        let accent = accent.unwrap_or_else(|| Accent::of_theme(&site.theme));
        Ok(Self {
            background: accent.channels(),
            above: above.unwrap_or_default(),
            heading,
            below,
            host: host.to_owned(),
            price,
        })
    }

    /// Identifies the picture: another card has another one.
    ///
    /// # Errors
    /// None in practice: a card can always be written as JSON.
    pub fn key(&self) -> anyhow::Result<String> {
        let card = serde_json::to_vec(&(DRAWING, self))?;
        Ok(hex::encode(Sha256::digest(card)))
    }
}

/// The price in words; of a membership for a month.
fn price(product: &product::Model) -> String {
    let price = product.price();
    match (price.is_positive(), *product.kind) {
        (true, ProductKind::Membership) => format!("{price}/month"),
        (true, _) => price.to_string(),
        (false, _) => "Free".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use domain::{account::SiteKind, money::Currency};
    use server_core::zone::Zone;
    use store::{ProductId, SiteId, Timestamp};

    use super::*;

    const HOST: &str = "detroitarms.com";

    fn site(name: &str) -> site::Model {
        site::Model {
            id: SiteId::new(1),
            key: "detroit-arms".to_owned(),
            kind: SiteKind::Tenant.into(),
            name: name.to_owned(),
            tagline: "Indoor range.".to_owned(),
            theme: "range".to_owned(),
            realm: String::new(),
            stripe_account_id: None,
            second_factor_required: false,
            confirmed_friends_only: false,
            api_docs: false,
            previews_without_names: false,
            share_message: None,
            app_return_addresses: None,
            ios_apps: None,
            android_apps: None,
            referrer_days: 0,
            time_zone: Zone::named("UTC").unwrap().into(),
            accent: None,
            postal_address: String::new(),
            opening_hours: String::new(),
            support_email: None,
            logo_hash: None,
            terms_hash: None,
            privacy_hash: None,
            profile_version: 1,
            mail_from: None,
            created_at: Timestamp::from_millis(0).unwrap(),
        }
    }

    fn product(name: &str, kind: ProductKind, cents: i64) -> product::Model {
        product::Model {
            id: ProductId::new(1),
            site_id: SiteId::new(1),
            kind: kind.into(),
            slug: "ladies-night".to_owned(),
            name: name.to_owned(),
            summary: String::new(),
            description: String::new(),
            detail: "Saturday · 6:30 PM".to_owned(),
            starts_at: None,
            ships: false,
            price_cents: cents,
            currency: Currency::Usd.into(),
            picture: String::new(),
            position: 1,
            withdrawn_at: None,
            version: 1,
        }
    }

    fn card(site: &site::Model, product: Option<&product::Model>, first: Option<&str>) -> Card {
        Card::of(site, HOST, product, first).unwrap()
    }

    #[test]
    fn a_site_shows_its_name_and_its_tagline() {
        let plain = card(&site("Detroit Arms"), None, None);
        let shown = [
            &plain.above,
            &plain.heading,
            &plain.below,
            &plain.host,
            &plain.price,
        ];
        assert_eq!(shown, ["", "Detroit Arms", "Indoor range.", HOST, ""]);
        assert_eq!(plain.background, [0xac, 0x3c, 0x13]);
        let site = site::Model {
            accent: Accent::parse("#123456").map(Into::into),
            ..site("Detroit Arms")
        };
        assert_eq!(card(&site, None, None).background, [0x12, 0x34, 0x56]);
    }

    #[test]
    fn a_product_shows_name_price_when_and_where() {
        let night = product("Ladies' Night", ProductKind::EventTicket, 2500);
        let shown = card(&site("Detroit Arms"), Some(&night), None);
        let texts = [&shown.above, &shown.heading, &shown.below, &shown.price];
        let expected = [
            "Detroit Arms",
            "Ladies' Night",
            "Saturday · 6:30 PM",
            "$25.00",
        ];
        assert_eq!(texts, expected);
        let starts_at = Timestamp::from_millis(1_804_962_600_000);
        let when = "Saturday, March 13, 2027 · 6:30 PM";
        for (detail, below) in [
            ("Bay 3", &*format!("{when} · Bay 3")),
            ("", when),
            ("射場", when),
        ] {
            let (night, detail) = (night.clone(), detail.to_owned());
            let night = product::Model {
                starts_at,
                detail,
                ..night
            };
            assert_eq!(card(&site("Detroit Arms"), Some(&night), None).below, below);
        }
        for (kind, cents, price) in [
            (ProductKind::Membership, 2900, "$29.00/month"),
            (ProductKind::EventTicket, 0, "Free"),
        ] {
            let product = product("Range", kind, cents);
            assert_eq!(
                card(&site("Detroit Arms"), Some(&product), None).price,
                price
            );
        }
    }

    #[test]
    fn who_shared_it_is_named() {
        let night = product("Ladies' Night", ProductKind::EventTicket, 2500);
        let arms = site("Detroit Arms");
        let invited = "Jane invited you to Detroit Arms";
        assert_eq!(card(&arms, None, Some("Jane")).heading, invited);
        assert_eq!(card(&arms, Some(&night), Some("Jane")).above, invited);
        assert_eq!(
            card(&arms, Some(&night), Some("Jane")).heading,
            "Ladies' Night"
        );
        for first in ["Мария", "Ελένη"] {
            let invited = format!("{first} invited you to Detroit Arms");
            assert_eq!(card(&arms, None, Some(first)).heading, invited);
        }
    }

    #[test]
    fn a_name_in_letters_that_the_font_lacks_leaves_the_plain_picture() {
        let arms = site("Detroit Arms");
        for first in ["太郎", "محمد", "علی\u{200c}رضا", "🎯", "", "\u{200b}"] {
            assert_eq!(
                card(&arms, None, Some(first)),
                card(&arms, None, None),
                "{first}"
            );
        }
        let night = product("射撃の夜", ProductKind::EventTicket, 2500);
        assert_eq!(card(&arms, Some(&night), None), card(&arms, None, None));
        let elsewhere = site("射撃");
        assert_eq!(card(&elsewhere, None, None).heading, HOST);
        assert_eq!(
            card(&elsewhere, None, Some("Jane")).heading,
            "Jane invited you"
        );
    }

    #[test]
    fn another_card_has_another_key() {
        let arms = site("Detroit Arms");
        let key = |first| card(&arms, None, first).key().unwrap();
        assert_eq!(key(None), key(None));
        assert_ne!(key(None), key(Some("Jane")));
        assert_ne!(key(Some("Max")), key(Some("Jane")));
    }
}
