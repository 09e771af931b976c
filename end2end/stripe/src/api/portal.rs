//! The billing portal by API: configurations, and sessions that lead a customer to it.

use serde_json::{Value, json};

use crate::{
    api::{customer_row, list as lists, metadata::merge},
    call::Call,
    error::StripeError,
    id,
};

pub const CONFIGURATIONS: &str = "portal_configurations";
pub const SESSIONS: &str = "portal_sessions";

/// The longest headline, in characters.
const HEADLINE: usize = 60;

/// `POST /v1/billing_portal/configurations`
pub fn configure(call: &mut Call) -> Result<Value, StripeError> {
    let now = call.now();
    let id = id::new("bpc");
    let configuration = json!({
        "id": id,
        "object": "billing_portal.configuration",
        "active": true,
        "application": null,
        "business_profile": { "headline": null, "privacy_policy_url": null, "terms_of_service_url": null },
        "created": now,
        "default_return_url": null,
        "features": no_features(),
        "is_default": false,
        "livemode": false,
        "login_page": { "enabled": false, "url": null },
        "metadata": {},
        "name": null,
        "updated": now,
    });
    let configuration = changed(call, configuration)?;
    Ok(call.insert(CONFIGURATIONS, configuration))
}

/// `POST /v1/billing_portal/configurations/{configuration}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    let before = call.find(CONFIGURATIONS, "configuration", &id)?;
    let configuration = changed(call, before)?;
    call.replace(CONFIGURATIONS, &configuration);
    Ok(configuration)
}

/// `GET /v1/billing_portal/configurations`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    let wanted: Vec<_> = ["active", "is_default"]
        .into_iter()
        .filter_map(|field| Some((field, call.params.get(field)?.clone())))
        .collect();
    let url = "/v1/billing_portal/configurations";
    lists::page(call, CONFIGURATIONS, url, |configuration| {
        wanted
            .iter()
            .all(|(field, value)| configuration[field] == *value)
    })
}

/// Everything that a portal can do, turned off.
fn no_features() -> Value {
    json!({
        "customer_update": { "allowed_updates": [], "enabled": false },
        "invoice_history": { "enabled": false },
        "payment_method_update": { "enabled": false, "payment_method_configuration": null },
        "subscription_cancel": {
            "cancellation_reason": { "enabled": false, "options": [] },
            "enabled": false,
            "mode": "at_period_end",
            "proration_behavior": "none",
        },
        "subscription_pause": {
            "duration": { "interval_options": [], "type": "indefinite" },
            "enabled": false,
        },
        "subscription_update": {
            "billing_cycle_anchor": null,
            "default_allowed_updates": [],
            "enabled": false,
            "products": null,
            "proration_behavior": "none",
            "schedule_at_period_end": { "conditions": [] },
            "trial_update_behavior": "end_trial",
        },
    })
}

/// The configuration with the parameters of the request.
fn changed(call: &mut Call, mut configuration: Value) -> Result<Value, StripeError> {
    let headline = call.param("business_profile")["headline"].clone();
    let length = headline.as_str().unwrap_or_default().chars().count();
    if length > HEADLINE {
        let message = format!("Invalid string: must be at most {HEADLINE} characters");
        return Err(StripeError::invalid(message).at("business_profile[headline]"));
    }
    for field in ["business_profile", "features"] {
        overwrite(&mut configuration[field], &call.param(field));
    }
    for field in ["active", "default_return_url", "name"] {
        if let Some(value) = call.params.get(field) {
            configuration[field] = match value.as_str() {
                Some("") => Value::Null,
                _ => value.clone(),
            };
        }
    }
    if let Some(enabled) = call.param("login_page")["enabled"].as_bool() {
        let id = configuration["id"].as_str().unwrap_or_default();
        let url = format!("{}portal/login/{id}", call.base_url);
        configuration["login_page"] = json!({ "enabled": enabled, "url": enabled.then_some(url) });
    }
    configuration["metadata"] = merge(&configuration["metadata"], &call.param("metadata"))?;
    configuration["updated"] = json!(call.now());
    Ok(configuration)
}

/// Replaces in `current` what was `sent`. An empty text unsets: a list becomes empty, all else null.
fn overwrite(current: &mut Value, sent: &Value) {
    let Value::Object(fields) = sent else {
        return;
    };
    for (name, value) in fields {
        match (value, &mut current[name.as_str()]) {
            (Value::Object(_), inner @ Value::Object(_)) => overwrite(inner, value),
            (Value::String(empty), inner) if empty.is_empty() => {
                *inner = match inner {
                    Value::Array(_) => json!([]),
                    _ => Value::Null,
                };
            }
            (value, inner) => *inner = value.clone(),
        }
    }
}

/// `POST /v1/billing_portal/sessions`
pub fn visit(call: &mut Call) -> Result<Value, StripeError> {
    for field in [
        "flow_data",
        "customer_account",
        "on_behalf_of",
        "after_expiration",
    ] {
        if call.params.contains_key(field) {
            return Err(StripeError::not_imitated(&format!("a portal's {field}")));
        }
    }
    let customer = call
        .text("customer")
        .ok_or_else(|| StripeError::missing_param("customer"))?;
    let missing = |_| StripeError::no_such_param("customer", &customer, "customer");
    customer_row::existing(call, &customer).map_err(missing)?;
    let configuration = configuration_of(call)?;
    let return_url = call
        .text("return_url")
        .map_or(configuration["default_return_url"].clone(), Value::from);
    let session = new_session(call, &customer, &configuration["id"], return_url);
    Ok(session)
}

/// The configuration that the request names, or the account's default. Here no account has a default,
/// since that is saved in Stripe's dashboard.
fn configuration_of(call: &mut Call) -> Result<Value, StripeError> {
    let Some(id) = call.text("configuration") else {
        let mode = if call.scope.livemode() {
            "live"
        } else {
            "test"
        };
        let message = format!(
            "No configuration provided and your {mode} mode default configuration has not been created. \
             Provide a configuration or create your default by saving your customer portal settings in \
             {mode} mode at https://dashboard.stripe.com/test/settings/billing/portal."
        );
        return Err(StripeError::invalid(message));
    };
    let Some(found) = call.store().get(CONFIGURATIONS, &id).cloned() else {
        return Err(StripeError::no_such_param(
            "configuration",
            &id,
            "configuration",
        ));
    };
    if found["active"] != true {
        let message = format!("The configuration {id} is not active.");
        return Err(StripeError::invalid(message).at("configuration"));
    }
    Ok(found)
}

/// A visit of the customer to the portal. Whoever has its address acts as the customer.
pub fn new_session(
    call: &mut Call,
    customer: &str,
    configuration: &Value,
    return_url: Value,
) -> Value {
    let id = id::new("bps");
    let session = json!({
        "id": id,
        "object": "billing_portal.session",
        "configuration": configuration,
        "created": call.now(),
        "customer": customer,
        "customer_account": null,
        "flow": null,
        "livemode": false,
        "locale": call.param("locale"),
        "on_behalf_of": null,
        "return_url": return_url,
        "url": format!("{}portal/{id}", call.base_url),
    });
    call.insert(SESSIONS, session)
}
