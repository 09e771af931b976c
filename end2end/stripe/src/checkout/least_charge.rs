//! The least amount that Stripe charges.
//! See https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts.

use crate::error::StripeError;

/// By currency: in its smallest unit, and as Stripe writes it.
const LEAST: [(&str, i64, &str); 6] = [
    ("usd", 50, "$0.50"),
    ("eur", 50, "€0.50"),
    ("cad", 50, "$0.50"),
    ("aud", 50, "$0.50"),
    ("gbp", 30, "£0.30"),
    ("jpy", 50, "¥50"),
];

/// Refuses a total that is too small to be charged. Nothing at all is free, so it is allowed.
pub fn check(total: i64, currency: &str) -> Result<(), StripeError> {
    let least = LEAST.iter().find(|(known, ..)| *known == currency);
    match least {
        Some((_, least, shown)) if (1..*least).contains(&total) => {
            let message = format!(
                "The Checkout Session's total amount due must add up to at least {shown} {currency}"
            );
            Err(StripeError::coded("amount_too_small", message))
        }
        _ => Ok(()),
    }
}
