//! The refund, the dispute or the refunded charge of an event.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lenient::{Reference, lenient, storable};
use crate::{Dispute, REFUND_TOKEN, Refund, RefundedCharge};

/// The fields of a refund, a dispute and a charge that we use. They have most names in common.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reversal {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    amount: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    amount_refunded: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    currency: Option<String>,
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    failure_reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    payment_intent: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    charge: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    created: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    metadata: Option<BTreeMap<String, String>>,
}

impl Reversal {
    pub fn refund(self) -> Option<Refund> {
        let mut metadata = self.metadata.unwrap_or_default();
        Some(Refund {
            id: storable(self.id)?,
            amount_cents: self.amount?,
            currency: storable(self.currency)?,
            status: storable(self.status),
            payment_intent: storable(self.payment_intent),
            charge: storable(self.charge),
            failure_reason: storable(self.failure_reason),
            token: storable(metadata.remove(REFUND_TOKEN)),
            created: self.created,
        })
    }

    pub fn dispute(self) -> Option<Dispute> {
        Some(Dispute {
            id: storable(self.id)?,
            amount_cents: self.amount?,
            currency: storable(self.currency)?,
            status: storable(self.status),
            reason: storable(self.reason),
            payment_intent: storable(self.payment_intent),
            charge: storable(self.charge),
            created: self.created,
        })
    }

    /// Of a refund or a dispute whose amount or currency cannot be read: its payment, about which Stripe is to
    /// be asked.
    pub fn unreadable(self) -> Option<RefundedCharge> {
        Some(RefundedCharge {
            id: storable(self.id)?,
            payment_intent: storable(self.payment_intent),
            amount_refunded: None,
        })
    }

    pub fn charge(self) -> Option<RefundedCharge> {
        Some(RefundedCharge {
            id: storable(self.id)?,
            payment_intent: storable(self.payment_intent),
            amount_refunded: self.amount_refunded,
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Event;

    fn read(kind: &str, object: &str) -> Event {
        Event::read(&format!(
            r#"{{"id":"evt_1","type":"{kind}","data":{{"object":{object}}}}}"#
        ))
    }

    #[test]
    fn a_refund_is_known_by_its_id_payment_and_token() {
        let body = r#"{"id":"re_1","object":"refund","amount":1500,"currency":"usd",
            "status":"succeeded","payment_intent":{"id":"pi_1"},"charge":"ch_1","created":7,
            "metadata":{"refund_token":"abc"}}"#;
        for kind in [
            "refund.created",
            "refund.updated",
            "refund.failed",
            "charge.refund.updated",
        ] {
            let event = read(kind, body);
            let refund = event.refund.unwrap();
            assert_eq!((refund.id.as_str(), refund.amount_cents), ("re_1", 1500));
            assert_eq!(refund.payment_intent.as_deref(), Some("pi_1"));
            assert_eq!(refund.charge.as_deref(), Some("ch_1"));
            assert_eq!(refund.status.as_deref(), Some("succeeded"));
            assert_eq!(refund.token.as_deref(), Some("abc"), "{kind}");
            assert!(event.session.is_none() && event.dispute.is_none() && event.charge.is_none());
        }
    }

    #[test]
    fn a_refund_without_amount_is_not_read_as_one_of_nothing() {
        for (kind, object) in [
            ("refund.created", r#""currency":"usd","amount":"15""#),
            ("charge.dispute.created", r#""currency":null,"amount":15"#),
        ] {
            let object = format!(r#"{{"id":"re_1","payment_intent":"pi_1",{object}}}"#);
            let event = read(kind, &object);
            assert!(event.refund.is_none() && event.dispute.is_none(), "{kind}");
            assert_eq!(event.id.as_deref(), Some("evt_1"));
            // Stripe is asked about its payment.
            let charge = event.charge.unwrap();
            assert_eq!(charge.payment_intent.as_deref(), Some("pi_1"), "{kind}");
            assert_eq!((charge.id.as_str(), charge.amount_refunded), ("re_1", None));
        }
    }

    #[test]
    fn a_field_of_another_shape_spoils_no_refund() {
        let event = read(
            "refund.updated",
            r#"{"id":"re_1","amount":5,"currency":"usd","status":7,"metadata":[],
                "payment_intent":"pi_\u0000","charge":null}"#,
        );
        let refund = event.refund.unwrap();
        assert_eq!((refund.status, refund.token), (None, None));
        assert_eq!((refund.payment_intent, refund.charge), (None, None));
    }

    #[test]
    fn a_refunded_charge_tells_what_was_refunded_so_far() {
        let event = read(
            "charge.refunded",
            r#"{"id":"ch_1","object":"charge","amount":4500,"amount_refunded":1500,
                "payment_intent":"pi_1","currency":"usd"}"#,
        );
        let charge = event.charge.unwrap();
        assert_eq!(
            (charge.id.as_str(), charge.amount_refunded),
            ("ch_1", Some(1500))
        );
        assert_eq!(charge.payment_intent.as_deref(), Some("pi_1"));
        assert_eq!(event.refund, None);
    }

    #[test]
    fn a_dispute_is_read_whatever_becomes_of_it() {
        for kind in ["created", "updated", "closed", "funds_reinstated"] {
            let event = read(
                &format!("charge.dispute.{kind}"),
                r#"{"id":"du_1","object":"dispute","amount":4500,"currency":"usd",
                    "status":"warning_needs_response","reason":"fraudulent",
                    "payment_intent":"pi_1","charge":"ch_1","created":9}"#,
            );
            let dispute = event.dispute.unwrap();
            assert_eq!((dispute.id.as_str(), dispute.amount_cents), ("du_1", 4500));
            assert_eq!(dispute.status.as_deref(), Some("warning_needs_response"));
            assert_eq!(dispute.payment_intent.as_deref(), Some("pi_1"));
            assert!(event.refund.is_none() && event.session.is_none(), "{kind}");
        }
    }
}
