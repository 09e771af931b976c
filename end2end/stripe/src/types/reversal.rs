//! Refunds and disputes as the controls name them.

use serde::{Deserialize, Serialize};

/// A payment that no Checkout session made, with an id chosen by the caller.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeedPayment {
    /// The key whose store it goes to.
    pub secret_key: String,
    /// The id of the PaymentIntent, `pi_…`.
    pub id: String,
    /// In the smallest unit of `currency`.
    pub amount: i64,
    /// Lower case, `usd`.
    pub currency: String,
    /// `cus_…`, if any.
    #[serde(default)]
    pub customer: Option<String>,
    /// The name of the card, which decides its fingerprint; `None` is a card of its own.
    #[serde(default)]
    pub card: Option<String>,
}

/// The `status` of a refund.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RefundStatus {
    /// The bank has not answered yet.
    Pending,
    /// The buyer must do something first.
    RequiresAction,
    #[default]
    Succeeded,
    /// The bank refused. A refund that had succeeded may still end so.
    Failed,
    /// Taken back before it succeeded.
    Canceled,
}

impl RefundStatus {
    /// Stripe's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::RequiresAction => "requires_action",
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::Canceled => "canceled",
        }
    }

    /// Money that is on its way back to the buyer, or arrived.
    pub fn counts(self) -> bool {
        matches!(self, Self::Pending | Self::RequiresAction | Self::Succeeded)
    }
}

/// What the next refunds made by API begin as.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct RefundPlan {
    /// The key of the account.
    pub secret_key: String,
    pub status: RefundStatus,
    /// How many refunds it concerns.
    #[serde(default = "super::once")]
    pub times: u32,
}

/// How a dispute begins.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeKind {
    /// The bank takes the money at once: `needs_response`.
    Dispute,
    /// The bank asks, and no money moves: `warning_needs_response`.
    Inquiry,
}

/// The `status` that a dispute gets.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum DisputeStatus {
    /// An inquiry that becomes a dispute, too.
    NeedsResponse,
    UnderReview,
    Won,
    Lost,
    WarningUnderReview,
    WarningClosed,
}

impl DisputeStatus {
    /// Stripe's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NeedsResponse => "needs_response",
            Self::UnderReview => "under_review",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::WarningUnderReview => "warning_under_review",
            Self::WarningClosed => "warning_closed",
        }
    }
}

/// When a subscription ends that is canceled.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CancelWhen {
    Now,
    /// When what was paid for ends.
    AtPeriodEnd,
}
