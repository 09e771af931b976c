//! Types for webhook deliveries.

use serde::{Deserialize, Serialize};

/// What happens to the deliveries of the next `times` events that match.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPlan {
    /// The key whose deliveries are affected.
    pub secret_key: String,
    /// Matches only this event type; `None` matches all.
    #[serde(default)]
    pub event: Option<String>,
    /// How many copies are sent at the same time: 2 duplicates a delivery, 0 drops it.
    #[serde(default = "super::once")]
    pub copies: u32,
    /// Delay before the first attempt, in milliseconds.
    #[serde(default)]
    pub delay_ms: u64,
    /// How many events it applies to.
    #[serde(default = "super::once")]
    pub times: u32,
}

/// The order in which held deliveries are released.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseOrder {
    /// In the order of the events.
    #[default]
    OldestFirst,
    /// In reverse order.
    NewestFirst,
}

/// The delivery of one event to one endpoint.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delivery {
    /// Counts from 1.
    pub id: u64,
    /// The key whose event it is.
    pub secret_key: String,
    /// The event's id, `evt_…`.
    pub event: String,
    /// The event's type, `checkout.session.completed`.
    pub event_type: String,
    /// The URL of the endpoint when the delivery was scheduled.
    pub url: String,
    /// The webhook endpoint, `we_…`, if it was made by API.
    pub endpoint: Option<String>,
    /// The response status of each attempt; 0 if there was no response.
    pub statuses: Vec<u16>,
    /// Whether it waits for [`crate::StandIn::release_deliveries`].
    pub held: bool,
    /// Whether it has ended: answered with a 2xx, or its endpoint was removed or disabled.
    pub done: bool,
}
