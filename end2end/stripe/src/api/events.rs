//! Events: each is stored and delivered to the account's webhook endpoints.

use serde_json::{Value, json};

use crate::{
    api::list,
    call::Call,
    contract,
    delivery::{self, target},
    error::StripeError,
    id,
};

/// Creates an event about an object and schedules its deliveries. `previous_attributes` has the old
/// values of what changed.
pub fn emit(call: &mut Call, kind: &str, object: &Value, previous_attributes: Option<Value>) {
    let mut data = json!({ "object": object });
    if let Some(previous_attributes) = previous_attributes {
        data["previous_attributes"] = previous_attributes;
    }
    let endpoint_count = target::subscribed(call.state, &call.scope, kind).len();
    let mut event = json!({
        "id": id::new("evt"),
        "object": "event",
        "api_version": contract::version(),
        "created": call.now(),
        "data": data,
        "livemode": false,
        "pending_webhooks": endpoint_count,
        "request": call.event_request,
        "type": kind,
    });
    if let Some(account) = &call.scope.account {
        event["account"] = json!(account);
    }
    let event = call.insert("events", event);
    delivery::schedule(call.state, &call.scope, &event);
}

/// The changed fields with their old values: an event's `previous_attributes`.
pub fn previous_attributes(before: &Value, after: &Value) -> Value {
    let fields = before.as_object().into_iter().flatten();
    fields
        .filter(|(name, value)| after.get(name) != Some(*value))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect::<serde_json::Map<_, _>>()
        .into()
}

/// `GET /v1/events`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let wanted: Vec<String> = match (call.text("type"), call.param("types")) {
        (Some(kind), _) => vec![kind],
        (None, Value::Array(kinds)) => kinds
            .iter()
            .filter_map(|kind| kind.as_str().map(Into::into))
            .collect(),
        _ => Vec::new(),
    };
    list::page(call, "events", "/v1/events", |event| {
        let kind = event["type"].as_str().unwrap_or_default();
        let fits = |want: &String| match want.strip_suffix('*') {
            Some(start) => kind.starts_with(start),
            None => kind == want,
        };
        wanted.is_empty() || wanted.iter().any(fits)
    })
}
