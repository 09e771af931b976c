//! The balance of a customer.

use serde_json::{Value, json};

use super::super::id;
use crate::error::StripeError;

/// Adds `amount` cents to the customer's balance and returns the balance transaction.
pub fn change(customer: &mut Value, currency: &str, amount: i64, now: i64, kind: &str) -> Value {
    let ending = customer["balance"].as_i64().unwrap_or_default() + amount;
    customer["balance"] = json!(ending);
    customer["currency"] = json!(currency);
    json!({
        "id": id::new("cbtxn"),
        "object": "customer_balance_transaction",
        "amount": amount,
        "checkout_session": null,
        "created": now,
        "credit_note": null,
        "currency": currency,
        "customer": customer["id"],
        "description": null,
        "ending_balance": ending,
        "invoice": null,
        "livemode": false,
        "metadata": {},
        "type": kind,
    })
}

/// A currency in lower case as Stripe writes it, or Stripe's error.
pub fn parse_currency(sent: &str, param: &str) -> Result<String, StripeError> {
    let currency = sent.to_lowercase();
    if currency.len() == 3 && currency.chars().all(|c| c.is_ascii_lowercase()) {
        return Ok(currency);
    }
    Err(StripeError::invalid(format!("Invalid currency: {currency}")).at(param))
}

/// The first balance transaction sets the customer's currency; later ones must have the same.
pub fn require_currency(customer: &Value, currency: &str) -> Result<(), StripeError> {
    match customer["currency"].as_str() {
        Some(own) if own != currency => {
            let message = format!(
                "You cannot combine currencies on a single customer. This customer has a balance or \
                 an invoice with currency {own}."
            );
            Err(StripeError::invalid(message).at("currency"))
        }
        _ => Ok(()),
    }
}
