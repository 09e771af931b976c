//! Parses webhook events. Every field is optional: the webhook endpoint decides the API version,
//! and an event that we cannot read in full is stored all the same.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::CheckoutSession;

/// A webhook event.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event {
    #[serde(deserialize_with = "lenient")]
    /// `evt_…`.
    pub id: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    /// Whether the event is of live mode.
    #[serde(deserialize_with = "lenient")]
    pub livemode: Option<bool>,
    /// The event's Checkout session; `None` if the event is about something else.
    #[serde(rename = "data", deserialize_with = "session_in")]
    pub session: Option<CheckoutSession>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct EventData {
    #[serde(deserialize_with = "lenient")]
    object: Option<Session>,
}

/// The fields of a Checkout session that we use.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Session {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    payment_status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    customer: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    payment_intent: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    subscription: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    amount_total: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    currency: Option<String>,
    #[serde(deserialize_with = "lenient")]
    created: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    customer_details: Option<CustomerDetails>,
    #[serde(deserialize_with = "lenient")]
    customer_email: Option<String>,
    #[serde(deserialize_with = "lenient")]
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct CustomerDetails {
    #[serde(deserialize_with = "lenient")]
    email: Option<String>,
}

/// An object's id, either alone or inside the expanded object.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Reference {
    Id(String),
    Expanded { id: String },
}

impl From<Reference> for String {
    fn from(reference: Reference) -> Self {
        match reference {
            Reference::Id(id) | Reference::Expanded { id } => id,
        }
    }
}

impl Event {
    /// Reads as much of `body` as can be read.
    pub fn read(body: &str) -> Self {
        serde_json::from_str(body).unwrap_or_default()
    }

    /// The event type, such as `checkout.session.completed`; empty if the event has none.
    pub fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or_default()
    }
}

impl Session {
    fn read(self) -> Option<CheckoutSession> {
        let typed = self.customer_details.and_then(|details| details.email);
        Some(CheckoutSession {
            id: storable(self.id)?,
            status: self.status,
            payment_status: self.payment_status,
            customer: storable(self.customer),
            payment_intent: storable(self.payment_intent),
            subscription: storable(self.subscription),
            amount_total: self.amount_total,
            currency: self.currency,
            email: storable(typed.or(self.customer_email)),
            created: self.created,
            url: None,
            metadata: self.metadata.unwrap_or_default(),
        })
    }
}

/// Drops text with NUL, which PostgreSQL text cannot hold and which we never write, and empty text.
fn storable(text: Option<impl Into<String>>) -> Option<String> {
    let text: String = text?.into();
    (!text.is_empty() && !text.contains('\0')).then_some(text)
}

/// Treats a field of an unexpected shape as missing, so that the other fields can still be read.
fn lenient<'de, D: Deserializer<'de>, T: for<'a> Deserialize<'a>>(
    from: D,
) -> Result<Option<T>, D::Error> {
    Ok(T::deserialize(Value::deserialize(from)?).ok())
}

fn session_in<'de, D: Deserializer<'de>>(from: D) -> Result<Option<CheckoutSession>, D::Error> {
    let data: Option<EventData> = lenient(from)?;
    Ok(data.and_then(|data| data.object).and_then(Session::read))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_of_another_shape_spoils_nothing() {
        let event = Event::read(
            r#"{"id":"evt_1","type":"checkout.session.completed","new":{},
                "data":{"object":{"id":"cs_1","amount_total":"12","customer":{"id":"cus_1"},
                "payment_intent":"pi_1","metadata":{"purchase_id":"7"}}}}"#,
        );
        let session = event.session.unwrap();
        assert_eq!(session.amount_total, None);
        assert_eq!(session.customer.as_deref(), Some("cus_1"));
        assert_eq!(session.payment_intent.as_deref(), Some("pi_1"));
        assert_eq!(session.metadata("purchase_id"), Some("7"));
        assert_eq!(session.email, None);
    }

    #[test]
    fn the_address_typed_at_stripe_comes_first() {
        let read = |session: &str| {
            let session = session.replacen('{', r#"{"id":"cs_1","#, 1);
            let event = Event::read(&format!("{{\"data\":{{\"object\":{session}}}}}"));
            event.session.unwrap().email
        };
        let both = r#"{"customer_details":{"email":"a@x.com"},"customer_email":"b@x.com"}"#;
        assert_eq!(read(both).as_deref(), Some("a@x.com"));
        let given = r#"{"customer_details":{"email":null},"customer_email":"b@x.com"}"#;
        assert_eq!(read(given).as_deref(), Some("b@x.com"));
        assert_eq!(read(r#"{"customer_details":7}"#), None);
        assert_eq!(read(r#"{"customer_email":"a\u0000@x.com"}"#), None);
    }

    #[test]
    fn what_is_no_event_reads_as_an_empty_one() {
        for body in ["", "[]", "null", "{\"id\":5}", "not JSON"] {
            let event = Event::read(body);
            assert!(
                event.id.is_none() && event.kind().is_empty() && event.session.is_none(),
                "{body}"
            );
        }
    }
}
