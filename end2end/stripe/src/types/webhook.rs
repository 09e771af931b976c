//! The parameters for webhooks on their way.

use serde::{Deserialize, Serialize};

/// What happens to the next `times` webhook deliveries that match.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryPlan {
    /// The key whose deliveries are meant.
    pub secret_key: String,
    /// Only this event type; `None` matches all.
    #[serde(default)]
    pub event: Option<String>,
    /// PaymentStatus many copies are sent, at the same moment: 2 is a duplicate, 0 loses it.
    #[serde(default = "super::once")]
    pub copies: u32,
    /// Milliseconds before the first attempt.
    #[serde(default)]
    pub delay_ms: u64,
    /// PaymentStatus many events it applies to.
    #[serde(default = "super::once")]
    pub times: u32,
}

/// In which order held deliveries are released.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseOrder {
    /// As they happened.
    #[default]
    OldestFirst,
    /// Turned round.
    NewestFirst,
}

/// One event on its way to one endpoint.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delivery {
    /// Counts up from 1.
    pub id: u64,
    /// The key whose event it is.
    pub secret_key: String,
    /// The event's id, `evt_…`.
    pub event: String,
    /// The event's type, `checkout.session.completed`.
    pub event_type: String,
    /// Where it goes.
    pub url: String,
    /// The status of each attempt; 0 where no answer came.
    pub statuses: Vec<u16>,
    /// Waiting for `release`.
    pub held: bool,
    /// Ended: answered with a 2xx, or its endpoint was removed.
    pub done: bool,
}
