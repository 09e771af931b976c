//! Subscriptions, their periods and their invoices.

pub mod cancel;
pub mod collect;
pub mod cycle;
pub mod first;
mod invoice_object;
mod period;
mod subscription_object;

pub const SUBSCRIPTIONS: &str = "subscriptions";
pub const INVOICES: &str = "invoices";
pub const PAYMENTS: &str = "invoice_payments";

/// Whether a subscription is over, and can no longer be changed.
pub fn has_ended(subscription: &serde_json::Value) -> bool {
    matches!(
        subscription["status"].as_str(),
        Some("canceled" | "incomplete_expired")
    )
}
