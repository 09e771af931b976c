//! Where events are delivered to: the endpoints that the control API registered, and those that
//! were made by API.

use serde_json::Value;

use crate::{
    api::webhook_endpoints::TABLE,
    authentication::Scope,
    state::StripeState,
    store::Store,
    types::{Delivery, Endpoint},
};

/// A webhook endpoint as a delivery sees it.
pub struct DeliveryTarget {
    pub url: String,
    /// The id, `we_…`, if it was made by API.
    pub endpoint: Option<String>,
    pub signing_secrets: Vec<String>,
    /// The API version that the endpoint asked for.
    pub api_version: Option<String>,
}

impl From<&Endpoint> for DeliveryTarget {
    fn from(endpoint: &Endpoint) -> Self {
        Self {
            url: endpoint.url.clone(),
            endpoint: None,
            signing_secrets: endpoint.signing_secrets.clone(),
            api_version: None,
        }
    }
}

/// The endpoints that receive the events of this type of a store. The same URL receives an event
/// once for each endpoint that it has.
pub fn subscribed(state: &StripeState, scope: &Scope, event_type: &str) -> Vec<DeliveryTarget> {
    let of_connected = scope.account.is_some();
    let registered = state
        .endpoints
        .iter()
        .filter(|endpoint| endpoint.secret_key == scope.key && endpoint.connect == of_connected)
        .map(Into::into);
    let platform = Scope {
        account: None,
        ..scope.clone()
    };
    let own = made_by_api(state, scope, false, event_type);
    let connect = made_by_api(state, &platform, true, event_type).filter(|_| of_connected);
    registered.chain(own).chain(connect).collect()
}

fn made_by_api<'a>(
    state: &'a StripeState,
    scope: &Scope,
    connect: bool,
    event_type: &'a str,
) -> impl Iterator<Item = DeliveryTarget> + 'a {
    let store = state.stores.get(&scope.name());
    store.into_iter().flat_map(move |store| {
        store.all(TABLE).iter().filter_map(move |endpoint| {
            let id = endpoint["id"].as_str()?;
            let events = endpoint["enabled_events"].as_array()?;
            let wants = events.iter().any(|name| name == "*" || name == event_type);
            (wants && store.webhook_setups.get(id)?.connect == connect)
                .then(|| enabled(store, id))?
        })
    })
}

/// The endpoint that was made by API, unless it was removed or disabled.
fn enabled(store: &Store, id: &str) -> Option<DeliveryTarget> {
    let endpoint = store
        .get(TABLE, id)
        .filter(|endpoint| endpoint["status"] == "enabled")?;
    let text = |value: &Value| value.as_str().map(Into::into);
    Some(DeliveryTarget {
        url: text(&endpoint["url"])?,
        endpoint: Some(id.to_owned()),
        signing_secrets: vec![store.webhook_setups.get(id)?.secret.clone()],
        api_version: text(&endpoint["api_version"]),
    })
}

/// The endpoint of a delivery that was scheduled earlier.
pub fn of(state: &StripeState, delivery: &Delivery) -> Option<DeliveryTarget> {
    match &delivery.endpoint {
        Some(id) => state.stores.values().find_map(|store| enabled(store, id)),
        None => state
            .endpoints
            .iter()
            .find(|known| known.secret_key == delivery.secret_key && known.url == delivery.url)
            .map(Into::into),
    }
}
