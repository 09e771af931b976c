//! Subscriptions to a brand.

use leptos::prelude::*;

use crate::types::PlatformReceipt;

/// The receipt of a Checkout session; `None` if this site never began it.
#[server(endpoint = "subscription")]
pub async fn get_subscription(
    #[server(default)] session_id: String,
) -> Result<Option<PlatformReceipt>, ServerFnError> {
    let ports = crate::ports::Ports::current();
    let receipt = ports.subscriptions.receipt(&session_id).await;
    receipt.map_err(|_| super::answer::internal_error())
}
