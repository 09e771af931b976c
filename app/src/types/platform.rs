//! A subscription as its buyer sees it.

use domain::{money::Money, purchase::PurchaseState};
use serde::{Deserialize, Serialize};

/// The receipt of a subscription.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformReceipt {
    /// `Annual`.
    pub plan: String,
    /// Stripe's total; `None` until it is paid.
    pub paid: Option<Money>,
    pub state: PurchaseState,
}
