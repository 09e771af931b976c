//! Line items of a Checkout session: prices, quantities and totals.

use serde_json::{Value, json};

use crate::{api::prices, call::Call, checkout::discounts, error::StripeError, id};

/// The line items of a session and their totals, in cents.
pub struct LineItems {
    pub items: Vec<Value>,
    pub currency: String,
    pub subtotal: i64,
    pub discount: i64,
    pub total: i64,
}

/// Creates the line items that a request for a new session sends.
pub fn create(call: &mut Call, mode: &str) -> Result<LineItems, StripeError> {
    let sent = call.param("line_items");
    let sent = sent.as_array().cloned().unwrap_or_default();
    if sent.is_empty() {
        return Err(StripeError::missing_param("line_items"));
    }
    let mut items = Vec::new();
    for (at, line) in sent.iter().enumerate() {
        items.push(create_item(call, line, at)?);
    }
    check_prices(&items, mode)?;
    let trial = call.param("subscription_data");
    if trial["trial_period_days"].is_i64() || trial["trial_end"].is_i64() {
        for item in items
            .iter_mut()
            .filter(|item| item["price"]["type"] == "recurring")
        {
            item["amount_subtotal"] = json!(0);
            item["amount_total"] = json!(0);
        }
    }
    discounts::apply(call, &mut items)?;
    let sum = |field: &str| {
        items
            .iter()
            .filter_map(|item| item[field].as_i64())
            .sum::<i64>()
    };
    Ok(LineItems {
        currency: items[0]["currency"].as_str().unwrap_or_default().to_owned(),
        subtotal: sum("amount_subtotal"),
        discount: sum("amount_discount"),
        total: sum("amount_total"),
        items,
    })
}

fn create_item(call: &mut Call, line: &Value, at: usize) -> Result<Value, StripeError> {
    let at = format!("line_items[{at}]");
    let price = match (line["price"].as_str(), line["price_data"].as_object()) {
        (Some(id), None) => {
            let missing = || StripeError::no_such_param("price", id, &format!("{at}[price]"));
            call.store()
                .get("prices", id)
                .cloned()
                .ok_or_else(missing)?
        }
        (None, Some(data)) => {
            let mut price = prices::create_price(call, data, &format!("{at}[price_data]"))?;
            // The price belongs to this session only, so Stripe shows it as inactive.
            price["active"] = json!(false);
            call.replace("prices", &price);
            price
        }
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: price, price_data.";
            return Err(StripeError::invalid(message).at(at));
        }
        (None, None) => return Err(StripeError::missing_param(&format!("{at}[price]"))),
    };
    let Some(quantity) = line["quantity"].as_i64() else {
        return Err(StripeError::missing_param(&format!("{at}[quantity]")));
    };
    let too_big = || {
        StripeError::coded(
            "amount_too_large",
            "Amount must be no more than $999,999.99",
        )
    };
    let unit = price["unit_amount"].as_i64().unwrap_or_default();
    let amount = unit
        .checked_mul(quantity)
        .filter(|sum| *sum <= 99_999_999)
        .ok_or_else(too_big)?;
    if quantity < 1 {
        let message = "This value must be greater than or equal to 1.";
        return Err(
            StripeError::coded("parameter_invalid_integer", message).at(format!("{at}[quantity]"))
        );
    }
    let product = price["product"].as_str().unwrap_or_default();
    let name = call
        .store()
        .get("products", product)
        .map(|product| product["name"].clone());
    Ok(json!({
        "id": id::new("li"),
        "object": "item",
        "adjustable_quantity": null,
        "amount_discount": 0,
        "amount_subtotal": amount,
        "amount_tax": 0,
        "amount_total": amount,
        "currency": price["currency"],
        "description": name,
        "metadata": line.get("metadata").cloned().unwrap_or(json!({})),
        "price": price,
        "quantity": quantity,
    }))
}

fn check_prices(items: &[Value], mode: &str) -> Result<(), StripeError> {
    let recurring = items
        .iter()
        .any(|item| item["price"]["type"] == "recurring");
    if mode == "payment" && recurring {
        let message = "You specified `payment` mode but passed a recurring price. Either switch to \
                       `subscription` mode or use only one-time prices.";
        return Err(StripeError::invalid(message).at("mode"));
    }
    if mode == "subscription" && !recurring {
        let message = "You must provide at least one recurring price in `subscription` mode when using \
                       prices.";
        return Err(StripeError::invalid(message).at("line_items"));
    }
    if items
        .iter()
        .any(|item| item["currency"] != items[0]["currency"])
    {
        let message = "All prices on a Checkout Session must have the same currency.";
        return Err(StripeError::invalid(message).at("line_items"));
    }
    Ok(())
}
