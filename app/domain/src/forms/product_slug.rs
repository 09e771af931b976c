//! The last part of the address of a product's page.

use crate::purchase::ProductKind;

/// The maximum number of characters of the name in a slug.
const SLUG_MAX: usize = 60;

/// The last part of the product page's URL for `name`, for instance `ladies-night`. Uses the kind
/// if no letter of the name is allowed in a URL. `number` distinguishes products with equal names.
pub fn slug(kind: ProductKind, name: &str, number: u32) -> String {
    let mut slug = String::new();
    for character in name.to_lowercase().chars() {
        match character {
            'a'..='z' | '0'..='9' if slug.len() < SLUG_MAX => slug.push(character),
            '\'' | '\u{2019}' => {}
            _ if !slug.is_empty() && !slug.ends_with('-') && slug.len() < SLUG_MAX => {
                slug.push('-')
            }
            _ => {}
        }
    }
    let slug = match slug.trim_end_matches('-') {
        "" => kind.code().replace('_', "-"),
        slug => slug.to_owned(),
    };
    match number {
        0 | 1 => slug,
        number => format!("{slug}-{number}"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_address_reads_like_the_name() {
        let of = |name, number| slug(ProductKind::EventTicket, name, number);
        assert_eq!(of("Ladies' Night", 1), "ladies-night");
        assert_eq!(of("  Steel -- Challenge!  ", 2), "steel-challenge-2");
        assert_eq!(of("ליל נשים", 1), "event-ticket");
        assert_eq!(of("<b>", 3), "b-3");
    }

    proptest! {
        #[test]
        fn every_name_has_an_address(name in "\\PC*", number in 1..100_u32) {
            let slug = slug(ProductKind::Course, &name, number);
            prop_assert!(!slug.is_empty() && slug.len() <= SLUG_MAX + 5);
            prop_assert!(slug.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
            prop_assert!(!slug.starts_with('-') && !slug.ends_with('-'));
        }
    }
}
