//! The balance of a customer, which is separate in each currency.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::{error::StripeError, id, store::Store};

pub const TABLE: &str = "balance_transactions";

/// The customer's balance in each currency, in cents; negative is a credit. The customer object
/// itself has only that of its own currency, the one of its first balance transaction.
fn balances(store: &Store, customer: &Value) -> BTreeMap<String, i64> {
    let mut balances = BTreeMap::new();
    let Some(own) = customer["currency"].as_str() else {
        return balances;
    };
    let transactions = store.all(TABLE).iter();
    for transaction in transactions.filter(|one| one["customer"] == customer["id"]) {
        let currency = transaction["currency"].as_str().unwrap_or(own).to_owned();
        *balances.entry(currency).or_default() +=
            transaction["amount"].as_i64().unwrap_or_default();
    }
    // A customer can be created with a balance, without a transaction.
    let balance = customer["balance"].as_i64().unwrap_or_default();
    balances.insert(own.to_owned(), balance);
    balances
}

/// The customer's balance in one currency, in cents; negative is a credit.
pub fn balance_in(store: &Store, customer: &Value, currency: &str) -> i64 {
    match customer["currency"].as_str() {
        Some(own) if own != currency => balances(store, customer)
            .get(currency)
            .copied()
            .unwrap_or_default(),
        _ => customer["balance"].as_i64().unwrap_or_default(),
    }
}

/// The field `invoice_credit_balance`: the customer's credit by currency, above zero in the
/// customer's favor.
pub fn invoice_credit_balance(store: &Store, customer: &Value) -> Value {
    let credits = balances(store, customer).into_iter();
    json!(
        credits
            .map(|(currency, balance)| (currency, -balance))
            .collect::<BTreeMap<_, _>>()
    )
}

/// Adds `amount` cents to the customer's balance in this currency and returns the balance
/// transaction, which is not stored yet. The first one sets the customer's own currency.
pub fn change(
    store: &Store,
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
