//! Parses webhook events. Every field is optional: the webhook endpoint decides the API version,
//! and an event that we cannot read in full is stored all the same.

mod billing;
mod lenient;
mod reversals;
mod session;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use crate::{CheckoutSession, Dispute, Invoice, Refund, RefundedCharge, Subscription};
use billing::{InvoiceFields, SubscriptionFields};
use lenient::lenient;
use reversals::Reversal;
use session::Session;

/// A webhook event. At most one of its objects is there: the one that its type is about.
#[derive(Debug, Default)]
pub struct Event {
    /// `evt_…`.
    pub id: Option<String>,
    kind: Option<String>,
    /// Whether the event is of live mode.
    pub livemode: Option<bool>,
    /// When what it tells happened, in seconds since the epoch. Events arrive in any order.
    pub created: Option<i64>,
    /// The Checkout session of `checkout.session.…`.
    pub session: Option<CheckoutSession>,
    /// The refund of `refund.…` and `charge.refund.updated`; `None` also if its amount or currency
    /// could not be read.
    pub refund: Option<Refund>,
    /// The dispute of `charge.dispute.…`; `None` also if its amount or currency could not be read.
    pub dispute: Option<Dispute>,
    /// The charge of `charge.refunded`, which does not say which refund it tells; also what a refund or a dispute
    /// is about whose amount or currency could not be read. Stripe is asked about its payment.
    pub charge: Option<RefundedCharge>,
    /// The subscription of `customer.subscription.…`.
    pub subscription: Option<Subscription>,
    /// The invoice of `invoice.…`.
    pub invoice: Option<Invoice>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Fields {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(rename = "type", deserialize_with = "lenient")]
    kind: Option<String>,
    #[serde(deserialize_with = "lenient")]
    livemode: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    created: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    data: Option<Data>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Data {
    object: Value,
}

impl Event {
    /// Reads as much of `body` as can be read.
    pub fn read(body: &str) -> Self {
        let fields: Fields = serde_json::from_str(body).unwrap_or_default();
        let object = fields.data.unwrap_or_default().object;
        let event = Self {
            id: fields.id,
            kind: fields.kind,
            livemode: fields.livemode,
            created: fields.created,
            ..Self::default()
        };
        event.about(object)
    }

    /// The event type, such as `checkout.session.completed`; empty if the event has none.
    pub fn kind(&self) -> &str {
        self.kind.as_deref().unwrap_or_default()
    }

    /// Reads the object as what the type says that it is.
    fn about(mut self, object: Value) -> Self {
        match self.kind() {
            "refund.created" | "refund.updated" | "refund.failed" | "charge.refund.updated" => {
                let read = fields::<Reversal>(object);
                self.refund = read.clone().refund();
                self.charge = read.unreadable().filter(|_| self.refund.is_none());
            }
            "charge.refunded" => self.charge = fields::<Reversal>(object).charge(),
            kind if kind.starts_with("charge.dispute.") => {
                let read = fields::<Reversal>(object);
                self.dispute = read.clone().dispute();
                self.charge = read.unreadable().filter(|_| self.dispute.is_none());
            }
            kind if kind.starts_with("customer.subscription.") => {
                self.subscription = fields::<SubscriptionFields>(object).read();
            }
            kind if kind.starts_with("invoice.") => {
                self.invoice = fields::<InvoiceFields>(object).read();
            }
            _ => self.session = fields::<Session>(object).read(),
        }
        self
    }
}

/// The fields of an object; all are missing if it is not an object.
fn fields<T: DeserializeOwned + Default>(object: Value) -> T {
    serde_json::from_value(object).unwrap_or_default()
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
