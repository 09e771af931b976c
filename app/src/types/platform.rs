//! A subscription as its buyer sees it.

use domain::purchase::PurchaseState;
use serde::{Deserialize, Serialize};

/// The receipt of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformReceipt {
    /// `Annual`.
    pub plan: String,
    /// Stripe's total, `$1,250.00`; `None` until it is paid.
    pub paid: Option<String>,
    pub state: PurchaseState,
}
