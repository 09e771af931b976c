//! The Checkout session of an event.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::lenient::{Reference, lenient, storable};
use crate::CheckoutSession;

/// The fields of a Checkout session that we use.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Session {
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
    invoice: Option<Reference>,
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

impl Session {
    pub fn read(self) -> Option<CheckoutSession> {
        let typed = self.customer_details.and_then(|details| details.email);
        Some(CheckoutSession {
            id: storable(self.id)?,
            status: self.status,
            payment_status: self.payment_status,
            customer: storable(self.customer),
            payment_intent: storable(self.payment_intent),
            subscription: storable(self.subscription),
            invoice: storable(self.invoice),
            amount_total: self.amount_total,
            currency: self.currency,
            email: storable(typed.or(self.customer_email)),
            created: self.created,
            url: None,
            metadata: self.metadata.unwrap_or_default(),
        })
    }
}
