//! Webhook endpoints made by API. Their secret is only in the response of the creation.

use reqwest::Url;
use serde_json::{Value, json};

use crate::{
    api::{list as lists, metadata::merge},
    call::Call,
    error::StripeError,
    id,
    store::WebhookSetup,
};

pub const TABLE: &str = "webhook_endpoints";
const WHAT: &str = "webhook endpoint";

/// How many an account has room for, in each mode.
const LIMIT: usize = 16;

/// `POST /v1/webhook_endpoints`
pub fn create(call: &mut Call) -> Result<Value, StripeError> {
    let url = call
        .text("url")
        .ok_or_else(|| StripeError::missing_param("url"))?;
    check_url(&url, call.scope.livemode())?;
    let endpoint = json!({
        "id": id::new("we"),
        "object": "webhook_endpoint",
        "api_version": call.text("api_version"),
        "application": null,
        "created": call.now(),
        "description": call.text("description"),
        "enabled_events": call.param("enabled_events"),
        "livemode": false,
        "metadata": merge(&json!({}), &call.param("metadata"))?,
        "status": "enabled",
        "url": url,
    });
    if call.store().all(TABLE).len() >= LIMIT {
        let mode = if call.scope.livemode() {
            "live"
        } else {
            "test"
        };
        return Err(StripeError::invalid(format!(
            "You have reached the maximum of {LIMIT} {mode} webhook endpoints."
        )));
    }
    let setup = WebhookSetup {
        secret: id::new("whsec"),
        connect: call.param("connect") == true,
    };
    let mut response = call.insert(TABLE, endpoint);
    response["secret"] = json!(setup.secret);
    let id = response["id"].as_str().unwrap_or_default().to_owned();
    call.store().webhook_setups.insert(id, setup);
    Ok(response)
}

/// `GET /v1/webhook_endpoints/{webhook_endpoint}`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    let id = call.id(0);
    call.find(TABLE, WHAT, &id)
}

/// `POST /v1/webhook_endpoints/{webhook_endpoint}`
pub fn update(call: &mut Call) -> Result<Value, StripeError> {
    let mut endpoint = retrieve(call)?;
    if let Some(url) = call.text("url") {
        check_url(&url, call.scope.livemode())?;
        endpoint["url"] = json!(url);
    }
    if let Some(events) = call.params.get("enabled_events") {
        endpoint["enabled_events"] = events.clone();
    }
    if call.params.contains_key("description") {
        endpoint["description"] = json!(call.text("description"));
    }
    if let Some(disabled) = call.param("disabled").as_bool() {
        endpoint["status"] = json!(if disabled { "disabled" } else { "enabled" });
    }
    endpoint["metadata"] = merge(&endpoint["metadata"], &call.param("metadata"))?;
    call.replace(TABLE, &endpoint);
    Ok(endpoint)
}

/// `DELETE /v1/webhook_endpoints/{webhook_endpoint}`
pub fn delete(call: &mut Call) -> Result<Value, StripeError> {
    let id = retrieve(call)?["id"].clone();
    let store = call.store();
    store.remove(TABLE, id.as_str().unwrap_or_default());
    store.webhook_setups.remove(id.as_str().unwrap_or_default());
    Ok(json!({ "id": id, "object": "webhook_endpoint", "deleted": true }))
}

/// `GET /v1/webhook_endpoints`
pub fn list(call: &mut Call) -> Result<Value, StripeError> {
    lists::page(call, TABLE, "/v1/webhook_endpoints", |_| true)
}

/// In live mode Stripe delivers only by https and to hosts that it can reach. In test mode this
/// accepts http and this machine, because every test and the demo run on it.
fn check_url(text: &str, live: bool) -> Result<(), StripeError> {
    let parsed = Url::parse(text).ok();
    let Some(url) = parsed.filter(|url| matches!(url.scheme(), "http" | "https")) else {
        let message = "Invalid URL: An explicit scheme (such as https) must be provided.";
        return Err(StripeError::coded("url_invalid", message).at("url"));
    };
    if !live {
        return Ok(());
    }
    let message = if url.scheme() != "https" {
        format!("Invalid URL: {text}. URLs in livemode must begin with \"https://\"")
    } else if is_local(&url) {
        format!("Invalid URL: {text}. URLs in livemode must be publicly accessible.")
    } else {
        return Ok(());
    };
    Err(StripeError::invalid(message).at("url"))
}

fn is_local(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || address.is_ok_and(|address| address.is_loopback())
}
