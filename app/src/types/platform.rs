//! A subscription as its buyer sees it.

use domain::{money::Money, purchase::PurchaseState};
use serde::{Deserialize, Serialize};

/// What the thank-you page shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformReceipt {
    /// `Annual`.
    pub plan: String,
    /// Stripe's total; `None` until it is paid.
    pub paid: Option<Money>,
    /// Where it stands.
    pub state: PurchaseState,
}
