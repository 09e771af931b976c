//! The card that paid (Stripe, "Charges").

use domain::credit::StripeError;
use stripe_core::charge::ListCharge;

use super::{Call, client::Client, convert};

/// A payment has a charge for each attempt, the last one first; more attempts than these are nobody's.
const ATTEMPTS: i64 = 20;

/// Stripe's fingerprint of the card that paid; `None` if no card did, or the account has no such payment.
pub async fn of(client: &Client, payment_intent: &str) -> Call<Option<String>> {
    let list = ListCharge::new()
        .payment_intent(payment_intent)
        .limit(ATTEMPTS);
    let charges = match list.send(client).await {
        Ok(page) => page.data,
        Err(error) => {
            return match convert::stripe_error(&error) {
                StripeError::Refused(code) if code == "resource_missing" => Ok(None),
                error => Err(error),
            };
        }
    };
    let paid = charges.into_iter().find(|charge| charge.paid);
    let card = paid.and_then(|charge| charge.payment_method_details?.card);
    Ok(card.and_then(|card| card.fingerprint))
}
