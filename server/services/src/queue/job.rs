//! What a job says: where to look.

use serde::{Deserialize, Serialize};
use store::CheckoutSessionId;
use store::CreditId;
use store::PlatformPurchaseId;
use store::PurchaseId;
use store::Timestamp;

/// What there is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Job {
    /// A purchase is paid: is a credit due?
    DecideCredit {
        /// Our id of the purchase.
        purchase_id: PurchaseId,
    },
    /// A subscription is paid that a partner brought: is a credit due?
    DecidePlatformCredit {
        /// Our id of the platform purchase.
        purchase_id: PlatformPurchaseId,
    },
    /// A credit is due: take it to Stripe.
    IssueCredit {
        /// Our id of the ledger row.
        credit_id: CreditId,
        /// Faults so far: each attempt is a job of its own.
        attempt: i64,
    },
    /// It is time to ask Stripe what became of a Checkout session.
    CheckCheckoutSession {
        /// Our id of the session.
        id: CheckoutSessionId,
        /// When it became time: each check is a job of its own.
        due_at: Timestamp,
    },
}

impl Job {
    /// The key under which the queue takes it once.
    pub fn key(&self) -> String {
        match self {
            Self::DecideCredit { purchase_id } => format!("decide:{purchase_id}"),
            Self::DecidePlatformCredit { purchase_id } => format!("decide-platform:{purchase_id}"),
            Self::IssueCredit { credit_id, attempt } => format!("issue:{credit_id}:{attempt}"),
            Self::CheckCheckoutSession { id, due_at } => {
                format!("check-checkout:{id}:{}", due_at.millis())
            }
        }
    }
}
