//! Checks a product that an admin types. HTML and right-to-left text are ordinary text.

use time::PrimitiveDateTime;

use super::start::read_start;
use crate::{
    forms::{FieldError, parse_cents},
    money::Currency,
    purchase::ProductKind,
    spelling::name_complaint,
};

/// The maximum number of characters in a product's name.
pub const PRODUCT_NAME_MAX: usize = 120;
/// The maximum number of characters in a summary.
pub const SUMMARY_MAX: usize = 200;
/// The maximum number of characters in a description.
pub const DESCRIPTION_MAX: usize = 5000;
/// The maximum number of characters in a detail.
pub const DETAIL_MAX: usize = 120;

/// The fields as typed.
#[derive(Clone, Copy, Debug)]
pub struct TypedProduct<'a> {
    pub name: &'a str,
    /// One line for lists; may be empty.
    pub summary: &'a str,
    /// Paragraphs; may be empty.
    pub description: &'a str,
    /// When or where; may be empty.
    pub detail: &'a str,
    /// The day on which an event begins; may be empty.
    pub starts_on: &'a str,
    /// The time at which it begins, in the zone of the site; may be empty.
    pub starts_time: &'a str,
    /// `on` for a shop item that is sent to the buyer; empty otherwise.
    pub ships: &'a str,
    /// Whole cents.
    pub price: &'a str,
}

/// A checked product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProductDraft {
    /// Trimmed, not empty.
    pub name: String,
    /// Trimmed.
    pub summary: String,
    /// Trimmed, with lines ending in `\n`.
    pub description: String,
    /// Trimmed.
    pub detail: String,
    /// When an event begins, in the zone of the site; `None` also for other kinds.
    pub starts: Option<PrimitiveDateTime>,
    /// A shop item that is sent to the buyer; false for other kinds.
    pub ships: bool,
    /// Not negative; 0 for a free product.
    pub price_cents: i64,
}

/// Checks every field of a product of this `kind`; `None` if the typed kind is invalid.
///
/// # Errors
/// Returns all errors at once, in the order of the form.
pub fn read_product(
    kind: Option<ProductKind>,
    currency: Currency,
    typed: TypedProduct<'_>,
) -> Result<ProductDraft, Vec<FieldError>> {
    let mut errors = Vec::new();
    if kind.is_none() {
        errors.push(FieldError::new("kind", "Choose a kind of product."));
    }
    let name = name(typed.name, &mut errors);
    let summary = line("summary", typed.summary, SUMMARY_MAX, &mut errors);
    let description = paragraphs(typed.description, &mut errors);
    let detail = line("detail", typed.detail, DETAIL_MAX, &mut errors);
    let starts = match kind {
        Some(ProductKind::EventTicket) => {
            let starts = read_start(typed.starts_on, typed.starts_time);
            starts.unwrap_or_else(|error| {
                errors.push(error);
                None
            })
        }
        _ => None,
    };
    let ships = match (kind, typed.ships) {
        (Some(ProductKind::ShopItem), "on") => true,
        (Some(ProductKind::ShopItem), "") => false,
        (Some(ProductKind::ShopItem), _) => {
            errors.push(FieldError::new("ships", "Check the box or leave it empty."));
            false
        }
        _ => false,
    };
    let price_cents = match price(kind, currency, typed.price) {
        Ok(cents) => cents,
        Err(message) => {
            errors.push(FieldError::new("price", message));
            0
        }
    };
    if ships && price_cents == 0 && errors.is_empty() {
        // What is free has no page of Stripe's.
        let message =
            "Stripe's page asks for the address, so an item that ships costs more than 0.";
        errors.push(FieldError::new("price", message));
    }
    if !errors.is_empty() {
        return Err(errors);
    }
    Ok(ProductDraft {
        name,
        summary,
        description,
        detail,
        starts,
        ships,
        price_cents,
    })
}

fn name(typed: &str, errors: &mut Vec<FieldError>) -> String {
    if typed.trim().is_empty() {
        errors.push(FieldError::new("name", "Enter a name."));
        return String::new();
    }
    let before = errors.len();
    let name = line("name", typed, PRODUCT_NAME_MAX, errors);
    if errors.len() == before
        && let Some(complaint) = name_complaint(&name, true)
    {
        errors.push(FieldError::new("name", complaint));
    }
    name
}

fn line(field: &str, typed: &str, max: usize, errors: &mut Vec<FieldError>) -> String {
    let text = typed.trim();
    if text.chars().count() > max {
        let message = format!("Use at most {max} characters.");
        errors.push(FieldError::new(field, message));
    } else if text.chars().any(char::is_control) {
        let message = "Use one line, without control characters.";
        errors.push(FieldError::new(field, message));
    }
    text.to_owned()
}

fn paragraphs(typed: &str, errors: &mut Vec<FieldError>) -> String {
    let text = typed.trim().replace("\r\n", "\n");
    let odd = |character: char| character.is_control() && !matches!(character, '\n' | '\t');
    if text.chars().count() > DESCRIPTION_MAX {
        let message = format!("Use at most {DESCRIPTION_MAX} characters.");
        errors.push(FieldError::new("description", message));
    } else if text.chars().any(odd) {
        let message = "Remove control characters; line breaks are allowed.";
        errors.push(FieldError::new("description", message));
    }
    text
}

/// A price is nothing, or at least what Stripe charges at least.
fn price(kind: Option<ProductKind>, currency: Currency, typed: &str) -> Result<i64, String> {
    if typed.trim().is_empty() {
        return Err("Enter the price in cents; 0 means free.".to_owned());
    }
    let cents = parse_cents(typed).map_err(|error| error.to_string())?;
    if cents == 0 && kind == Some(ProductKind::Membership) {
        return Err("A membership must cost more than 0.".to_owned());
    }
    let least = currency.least_charge();
    if cents > 0 && cents < least.cents() {
        return Err(format!(
            "Stripe charges at least {least}: enter {} or more.",
            least.cents()
        ));
    }
    Ok(cents)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::*;

    const NIGHT: TypedProduct<'static> = TypedProduct {
        name: " Ladies' Night ",
        summary: "An evening at the range.",
        description: "First.\r\n\r\nSecond.",
        detail: "Saturday · 18:00",
        starts_on: "2027-03-13",
        starts_time: "18:00",
        ships: "",
        price: "4500",
    };

    fn read(typed: TypedProduct<'_>) -> Result<ProductDraft, Vec<FieldError>> {
        read_product(Some(ProductKind::EventTicket), Currency::Usd, typed)
    }

    fn fields(typed: TypedProduct<'_>) -> Vec<String> {
        let errors = read(typed).err().unwrap_or_default();
        errors.into_iter().map(|error| error.field).collect()
    }

    #[test]
    fn what_is_in_order_is_tidied() {
        let draft = read(NIGHT).unwrap();
        assert_eq!(draft.name, "Ladies' Night");
        assert_eq!(draft.description, "First.\n\nSecond.");
        assert_eq!(draft.price_cents, 4500);
        assert_eq!(draft.starts, Some(datetime!(2027-03-13 18:00)));
        let course = read_product(Some(ProductKind::Course), Currency::Usd, NIGHT);
        assert_eq!(course.unwrap().starts, None, "only an event begins");
    }

    #[test]
    fn only_a_shop_item_that_costs_something_ships() {
        let read = |kind, ships, price| {
            let typed = TypedProduct {
                ships,
                price,
                ..NIGHT
            };
            let read = read_product(Some(kind), Currency::Usd, typed);
            read.map(|draft| draft.ships)
                .map_err(|errors| errors[0].field.clone())
        };
        assert_eq!(read(ProductKind::ShopItem, "on", "1200"), Ok(true));
        assert_eq!(read(ProductKind::ShopItem, "", "0"), Ok(false));
        assert_eq!(read(ProductKind::Course, "on", "1200"), Ok(false));
        assert_eq!(
            read(ProductKind::ShopItem, "on", "0"),
            Err("price".to_owned())
        );
        assert_eq!(
            read(ProductKind::ShopItem, "yes", "1200"),
            Err("ships".to_owned())
        );
    }

    #[test]
    fn everything_wrong_is_said_at_once() {
        let long = "x".repeat(10_240);
        let typed = TypedProduct {
            name: &long,
            summary: &long,
            description: &long,
            detail: &long,
            price: &long,
            ..NIGHT
        };
        let errors = read_product(None, Currency::Usd, typed).unwrap_err();
        let fields: Vec<_> = errors.iter().map(|error| error.field.as_str()).collect();
        assert_eq!(
            fields,
            ["kind", "name", "summary", "description", "detail", "price"]
        );
    }

    #[test]
    fn control_characters_are_refused_and_new_lines_are_none() {
        for typed in [
            TypedProduct {
                name: "a\nb",
                ..NIGHT
            },
            TypedProduct {
                name: "a\0b",
                ..NIGHT
            },
            TypedProduct {
                name: " \t ",
                ..NIGHT
            },
        ] {
            assert_eq!(fields(typed), ["name"]);
        }
        let typed = TypedProduct {
            description: "a\u{7}b",
            ..NIGHT
        };
        assert_eq!(fields(typed), ["description"]);
    }

    #[test]
    fn any_text_is_just_text() {
        for name in ["<b>bold</b> & \"more\"", "ליל נשים", "1911"] {
            assert_eq!(read(TypedProduct { name, ..NIGHT }).unwrap().name, name);
        }
    }

    #[test]
    fn a_name_that_cannot_be_read_is_refused() {
        for name in [
            "\u{200b}",
            "\u{3164}",
            "Match\u{202e}52$",
            "\u{202e}thgin",
            "---",
        ] {
            assert_eq!(fields(TypedProduct { name, ..NIGHT }), ["name"], "{name:?}");
        }
    }

    #[test]
    fn a_price_below_what_stripe_charges_is_refused() {
        let read = |price, currency| {
            let typed = TypedProduct { price, ..NIGHT };
            let read = read_product(Some(ProductKind::ShopItem), currency, typed);
            read.map_err(|errors| errors[0].message.clone())
        };
        for cents in ["1", "49"] {
            let refused = read(cents, Currency::Usd).unwrap_err();
            assert_eq!(refused, "Stripe charges at least $0.50: enter 50 or more.");
        }
        assert!(read("29", Currency::Gbp).is_err());
        for (cents, currency) in [
            ("0", Currency::Usd),
            ("50", Currency::Usd),
            ("30", Currency::Gbp),
        ] {
            assert!(read(cents, currency).is_ok(), "{cents} {currency:?}");
        }
    }

    #[test]
    fn a_price_is_typed_and_a_membership_costs_something() {
        let about = |kind, price| {
            let typed = TypedProduct { price, ..NIGHT };
            let errors = read_product(Some(kind), Currency::Usd, typed).unwrap_err();
            errors[0].message.clone()
        };
        assert_eq!(
            about(ProductKind::Course, "  "),
            "Enter the price in cents; 0 means free."
        );
        assert_eq!(
            about(ProductKind::Membership, "0"),
            "A membership must cost more than 0."
        );
        assert_eq!(
            read(TypedProduct {
                price: "0",
                ..NIGHT
            })
            .unwrap()
            .price_cents,
            0
        );
        for price in ["-1", "1.5", "1e3", "ten", "$10", "9223372036854775808"] {
            assert_eq!(
                fields(TypedProduct { price, ..NIGHT }),
                ["price"],
                "{price}"
            );
        }
    }

    proptest! {
        #[test]
        fn nothing_that_a_person_types_breaks_it(name in "\\PC*", price in "\\PC*") {
            if let Ok(draft) = read(TypedProduct { name: &name, price: &price, ..NIGHT }) {
                prop_assert!((0..=crate::forms::AMOUNT_MAX_CENTS).contains(&draft.price_cents));
                prop_assert!(!draft.name.is_empty());
            }
        }
    }
}
