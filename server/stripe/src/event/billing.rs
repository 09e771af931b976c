//! The subscription or the invoice of an event.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lenient::{Reference, lenient, storable};
use crate::{Invoice, Subscription};

/// The fields of a subscription that we use.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct SubscriptionFields {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    customer: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    cancel_at_period_end: Option<bool>,
    #[serde(deserialize_with = "lenient")]
    cancel_at: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    canceled_at: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    ended_at: Option<i64>,
    /// Where API versions before 2025-03-31 have it.
    #[serde(deserialize_with = "lenient")]
    current_period_end: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    items: Option<Items>,
    #[serde(deserialize_with = "lenient")]
    latest_invoice: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    metadata: Option<BTreeMap<String, String>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Items {
    #[serde(deserialize_with = "lenient")]
    data: Option<Vec<Item>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Item {
    #[serde(deserialize_with = "lenient")]
    current_period_end: Option<i64>,
}

impl SubscriptionFields {
    pub fn read(self) -> Option<Subscription> {
        let items = self.items.and_then(|items| items.data).unwrap_or_default();
        let of_items = items.iter().filter_map(|item| item.current_period_end);
        Some(Subscription {
            id: storable(self.id)?,
            status: storable(self.status),
            customer: storable(self.customer),
            cancel_at_period_end: self.cancel_at_period_end.unwrap_or(false),
            cancel_at: self.cancel_at,
            canceled_at: self.canceled_at,
            ended_at: self.ended_at,
            current_period_end: of_items.max().or(self.current_period_end),
            latest_invoice: storable(self.latest_invoice),
            metadata: self.metadata.unwrap_or_default(),
        })
    }
}

/// The fields of an invoice that we use.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct InvoiceFields {
    #[serde(deserialize_with = "lenient")]
    id: Option<String>,
    #[serde(deserialize_with = "lenient")]
    status: Option<String>,
    #[serde(deserialize_with = "lenient")]
    customer: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    parent: Option<Parent>,
    /// Where API versions before 2025-03-31 have it.
    #[serde(deserialize_with = "lenient")]
    subscription: Option<Reference>,
    /// Where API versions before 2025-03-31 have it.
    #[serde(deserialize_with = "lenient")]
    subscription_details: Option<Details>,
    #[serde(deserialize_with = "lenient")]
    billing_reason: Option<String>,
    #[serde(deserialize_with = "lenient")]
    currency: Option<String>,
    #[serde(deserialize_with = "lenient")]
    amount_due: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    amount_paid: Option<i64>,
    #[serde(deserialize_with = "lenient")]
    next_payment_attempt: Option<i64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Parent {
    #[serde(deserialize_with = "lenient")]
    subscription_details: Option<Details>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Details {
    #[serde(deserialize_with = "lenient")]
    subscription: Option<Reference>,
    #[serde(deserialize_with = "lenient")]
    metadata: Option<BTreeMap<String, String>>,
}

impl InvoiceFields {
    pub fn read(self) -> Option<Invoice> {
        let parent = self.parent.and_then(|parent| parent.subscription_details);
        let details = parent.or(self.subscription_details).unwrap_or_default();
        Some(Invoice {
            id: storable(self.id)?,
            status: storable(self.status),
            customer: storable(self.customer),
            subscription: storable(details.subscription.or(self.subscription)),
            billing_reason: storable(self.billing_reason),
            currency: storable(self.currency),
            amount_due: self.amount_due,
            amount_paid: self.amount_paid,
            next_payment_attempt: self.next_payment_attempt,
            metadata: details.metadata.unwrap_or_default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::Event;

    fn read(kind: &str, object: &str) -> Event {
        Event::read(&format!(
            r#"{{"type":"{kind}","data":{{"object":{object}}}}}"#
        ))
    }

    #[test]
    fn the_end_of_a_period_is_on_the_items_or_where_it_was_before() {
        let end = |fields: &str| {
            let object = format!(r#"{{"id":"sub_1","status":"active",{fields}}}"#);
            let event = read("customer.subscription.updated", &object);
            event.subscription.unwrap().current_period_end
        };
        let items = r#""items":{"data":[{"current_period_end":5},{"current_period_end":9}]}"#;
        assert_eq!(end(items), Some(9));
        assert_eq!(end(r#""current_period_end":4"#), Some(4));
        assert_eq!(end(r#""items":7"#), None);
    }

    #[test]
    fn a_subscription_tells_whether_it_goes_on() {
        let event = read(
            "customer.subscription.updated",
            r#"{"id":"sub_1","status":"active","customer":{"id":"cus_1"},
                "cancel_at_period_end":true,"cancel_at":9,"canceled_at":3,"ended_at":null,
                "latest_invoice":"in_1","metadata":{"token":"t"}}"#,
        );
        let subscription = event.subscription.unwrap();
        assert!(subscription.cancel_at_period_end && !subscription.ended());
        assert_eq!(
            (subscription.cancel_at, subscription.ended_at),
            (Some(9), None)
        );
        assert_eq!(subscription.customer.as_deref(), Some("cus_1"));
        assert_eq!(subscription.latest_invoice.as_deref(), Some("in_1"));
        assert_eq!(subscription.metadata["token"], "t");
        assert!(event.session.is_none() && event.invoice.is_none());
        let object = r#"{"id":"sub_1","status":"canceled"}"#;
        let over = read("customer.subscription.deleted", object);
        assert!(over.subscription.unwrap().ended());
    }

    #[test]
    fn an_invoice_names_its_subscription_in_either_place() {
        for fields in [
            r#""parent":{"subscription_details":{"subscription":"sub_1","metadata":{"a":"b"}}}"#,
            r#""subscription":{"id":"sub_1"},"subscription_details":{"metadata":{"a":"b"}}"#,
        ] {
            let object = format!(
                r#"{{"id":"in_1","status":"paid","billing_reason":"subscription_cycle",
                    "amount_paid":900,"amount_due":900,"currency":"usd",{fields}}}"#
            );
            let invoice = read("invoice.paid", &object).invoice.unwrap();
            assert_eq!(invoice.subscription.as_deref(), Some("sub_1"), "{fields}");
            assert_eq!(invoice.metadata["a"], "b", "{fields}");
            assert_eq!(invoice.amount_paid, Some(900));
            let reason = invoice.billing_reason.as_deref();
            assert_eq!(reason, Some("subscription_cycle"));
        }
    }

    #[test]
    fn an_invoice_that_is_not_made_yet_is_none() {
        assert_eq!(
            read("invoice.upcoming", r#"{"status":"draft"}"#).invoice,
            None
        );
    }
}
