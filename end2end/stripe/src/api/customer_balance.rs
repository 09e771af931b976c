//! The balance of a customer, which is separate in each currency.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{error::StripeError, id, store::Store};

pub const TABLE: &str = "balance_transactions";

/// The customer's balance in one currency, in cents; negative is a credit. The customer object has
/// that of its own currency, the one of its first balance transaction.
pub fn balance_in(store: &Store, customer: &Value, currency: &str) -> i64 {
    match customer["currency"].as_str() {
        Some(own) if own != currency => others(store, customer)
            .and_then(|others| others.get(currency).copied())
            .unwrap_or_default(),
        _ => customer["balance"].as_i64().unwrap_or_default(),
    }
}

fn others<'a>(store: &'a Store, customer: &Value) -> Option<&'a BTreeMap<String, i64>> {
    store.other_balances.get(customer["id"].as_str()?)
}

/// The field `invoice_credit_balance`: the customer's credit by currency, above zero in the
/// customer's favor.
pub fn invoice_credit_balance(store: &Store, customer: &Value) -> Value {
    let own = customer["currency"].as_str();
    let others = others(store, customer).into_iter().flatten();
    let currencies = own
        .into_iter()
        .chain(others.map(|(currency, _)| currency.as_str()));
    let credits = currencies.map(|currency| (currency, -balance_in(store, customer, currency)));
    json!(credits.collect::<BTreeMap<_, _>>())
}

/// Adds `amount` cents to the customer's balance in this currency and returns the balance
/// transaction. The caller stores it and the customer. The first transaction sets the customer's own
/// currency.
pub fn change(
    store: &mut Store,
    customer: &mut Value,
    currency: &str,
    amount: i64,
    now: i64,
    kind: &str,
) -> Value {
    let ending = balance_in(store, customer, currency) + amount;
    if customer["currency"].is_null() || customer["currency"] == currency {
        customer["balance"] = json!(ending);
        customer["currency"] = json!(currency);
    } else {
        let id = customer["id"].as_str().unwrap_or_default().to_owned();
        let others = store.other_balances.entry(id).or_default();
        others.insert(currency.to_owned(), ending);
    }
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
