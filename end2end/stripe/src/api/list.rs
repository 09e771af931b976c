//! Stripe's lists: newest first, in pages.

use serde_json::{Value, json};

use crate::{call::Call, error::StripeError};

/// A page of the objects in a table that pass `filter`. Deleted objects are left out.
pub fn page(
    call: &mut Call,
    table: &str,
    url: &str,
    filter: impl Fn(&Value) -> bool,
) -> Result<Value, StripeError> {
    let created = call.param("created");
    let objects = call.store().all(table).iter();
    let found = passing(objects, &created, filter);
    paginate(call, found, url)
}

/// The same of the objects that named this customer when they were created.
pub fn page_of_customer(
    call: &mut Call,
    table: &str,
    customer: &str,
    url: &str,
    filter: impl Fn(&Value) -> bool,
) -> Result<Value, StripeError> {
    let created = call.param("created");
    let objects = call.store().of_customer(table, customer);
    let found = passing(objects, &created, filter);
    paginate(call, found, url)
}

/// The same of the objects that name the `charge` or the `payment_intent` that was asked for. One that
/// does not exist is an error, as at Stripe.
pub fn page_of_payment(call: &mut Call, table: &str, url: &str) -> Result<Value, StripeError> {
    let (intent, charge) = (call.text("payment_intent"), call.text("charge"));
    for (id, table, what) in [
        (&intent, "payment_intents", "payment_intent"),
        (&charge, "charges", "charge"),
    ] {
        if let Some(id) = id
            && call.store().get(table, id).is_none()
        {
            return Err(StripeError::no_such_param(what, id, what));
        }
    }
    page(call, table, url, |object| {
        intent
            .as_ref()
            .is_none_or(|id| object["payment_intent"] == **id)
            && charge.as_ref().is_none_or(|id| object["charge"] == **id)
    })
}

fn passing<'a>(
    objects: impl Iterator<Item = &'a Value>,
    created: &Value,
    filter: impl Fn(&Value) -> bool,
) -> Vec<Value> {
    let passes = |object: &&Value| {
        object["deleted"] != true && filter(object) && created_within(object, created)
    };
    let mut found: Vec<Value> = objects.filter(passes).cloned().collect();
    // `created` has seconds. Reversing before the stable sort puts later objects of one second
    // first.
    found.reverse();
    found.sort_by_key(|object| std::cmp::Reverse(object["created"].as_i64()));
    found
}

/// The page of the given objects that `limit`, `starting_after` and `ending_before` ask for.
pub fn paginate(call: &Call, found: Vec<Value>, url: &str) -> Result<Value, StripeError> {
    let limit = match call.param("limit").as_i64() {
        None => 10,
        Some(limit @ 1..=100) => usize::try_from(limit).unwrap_or(10),
        Some(limit) => {
            let (bound, word) = if limit < 1 {
                (1, "greater")
            } else {
                (100, "less")
            };
            let message = format!("This value must be {word} than or equal to {bound}.");
            return Err(StripeError::coded("parameter_invalid_integer", message).at("limit"));
        }
    };
    let position = |name: &str| -> Result<Option<usize>, StripeError> {
        let Some(id) = call.text(name) else {
            return Ok(None);
        };
        let position = found.iter().position(|object| object["id"] == *id);
        let missing = || StripeError::no_such_param("object", &id, name);
        position.map(Some).ok_or_else(missing)
    };
    let (start, end, has_more) = match (position("starting_after")?, position("ending_before")?) {
        (Some(_), Some(_)) => {
            let message =
                "You may only specify one of these parameters: starting_after, ending_before.";
            return Err(StripeError::invalid(message));
        }
        (None, Some(before)) => {
            let start = before.saturating_sub(limit);
            (start, before, start > 0)
        }
        (after, None) => {
            let start = after.map_or(0, |at| at + 1);
            let end = (start + limit).min(found.len());
            (start, end, end < found.len())
        }
    };
    Ok(json!({ "object": "list", "data": found[start..end], "has_more": has_more, "url": url }))
}

fn created_within(object: &Value, range: &Value) -> bool {
    let Some(created) = object["created"].as_i64() else {
        return true;
    };
    let holds = |name: &str, test: fn(i64, i64) -> bool| {
        range[name]
            .as_i64()
            .is_none_or(|bound| test(created, bound))
    };
    match range {
        Value::Number(_) => range.as_i64() == Some(created),
        Value::Object(_) => {
            holds("gt", |a, b| a > b)
                && holds("gte", |a, b| a >= b)
                && holds("lt", |a, b| a < b)
                && holds("lte", |a, b| a <= b)
        }
        _ => true,
    }
}
