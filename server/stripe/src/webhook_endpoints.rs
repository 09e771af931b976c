//! Webhook endpoints by API (Stripe, "Webhook Endpoints").

use std::collections::{BTreeMap, HashMap};

use ::stripe::StripeError as ClientError;
use domain::{
    credit::StripeError,
    stripe_keys::{EVENTS, FoundEndpoint},
};
use stripe_client_core::VERSION;
use stripe_misc::webhook_endpoint::{
    CreateWebhookEndpoint, CreateWebhookEndpointEnabledEvents, DeleteWebhookEndpoint,
    ListWebhookEndpoint, UpdateWebhookEndpoint, UpdateWebhookEndpointEnabledEvents,
};

use super::{Call, client::Client, convert};

/// A webhook endpoint to create; it sends [`EVENTS`].
pub struct NewWebhookEndpoint<'a> {
    pub url: &'a str,
    /// Our ids.
    pub metadata: BTreeMap<String, String>,
}

/// A created webhook endpoint. It has no `Debug`, so that its secret is never logged.
pub struct CreatedEndpoint {
    /// `we_…`.
    pub id: String,
    /// `whsec_…`, which Stripe tells only now.
    pub secret: String,
}

/// Stripe keeps 16 endpoints, so one page has them all.
const PAGE: i64 = 100;

pub async fn list(client: &Client) -> Call<Vec<FoundEndpoint>> {
    let page = ListWebhookEndpoint::new().limit(PAGE).send(client).await;
    let page = page.map_err(|error| convert::stripe_error(&error))?;
    let found = page.data.into_iter().map(|endpoint| FoundEndpoint {
        id: endpoint.id.to_string(),
        url: endpoint.url,
        enabled: endpoint.status == "enabled",
        events: endpoint.enabled_events,
    });
    Ok(found.collect())
}

pub async fn create(client: &Client, new: NewWebhookEndpoint<'_>) -> Call<CreatedEndpoint> {
    let events = EVENTS.map(|event| match event.parse() {
        Ok::<CreateWebhookEndpointEnabledEvents, _>(event) => event,
        Err(never) => match never {},
    });
    let request = CreateWebhookEndpoint::new(events, new.url)
        .api_version(VERSION)
        .description("Payments and referral credits")
        .metadata(new.metadata.into_iter().collect::<HashMap<_, _>>());
    let created = request.send(client).await;
    let created = created.map_err(|error| convert::stripe_error(&error))?;
    Ok(CreatedEndpoint {
        id: created.id.to_string(),
        secret: created.secret.ok_or(StripeError::OutcomeUnknown)?,
    })
}

/// Has an endpoint send [`EVENTS`]; `false` if the account has no such endpoint.
pub async fn update(client: &Client, id: &str) -> Call<bool> {
    let events = EVENTS.map(|event| match event.parse() {
        Ok::<UpdateWebhookEndpointEnabledEvents, _>(event) => event,
        Err(never) => match never {},
    });
    let request = UpdateWebhookEndpoint::new(id).enabled_events(events);
    match request.send(client).await {
        Ok(_) => Ok(true),
        Err(ClientError::Stripe(_, 404)) => Ok(false),
        Err(error) => Err(convert::stripe_error(&error)),
    }
}

pub async fn delete(client: &Client, id: &str) -> Call<()> {
    match DeleteWebhookEndpoint::new(id).send(client).await {
        Ok(_) | Err(ClientError::Stripe(_, 404)) => Ok(()),
        Err(error) => Err(convert::stripe_error(&error)),
    }
}
