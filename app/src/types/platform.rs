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

impl PlatformReceipt {
    /// The title of its page.
    pub fn title(&self) -> &'static str {
        match self.state {
            PurchaseState::Paid => "Thank you",
            PurchaseState::Expired | PurchaseState::Undone => "Checkout expired",
            waits_or_failed => waits_or_failed.label(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_who_paid_is_thanked() {
        let title = |state| {
            let receipt = PlatformReceipt {
                plan: "Annual".to_owned(),
                paid: None,
                state,
            };
            receipt.title()
        };
        let titles = PurchaseState::ALL.map(title);
        assert_eq!(
            titles,
            [
                "Not paid yet",
                "Payment processing",
                "Thank you",
                "Payment failed",
                "Checkout expired",
                "Checkout expired",
            ]
        );
    }
}
