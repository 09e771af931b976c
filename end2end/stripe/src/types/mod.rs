//! Types of the controls, shared by the Rust handle, the control API and the command line.

use std::{fmt, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

mod fault;
mod reversal;
mod seed;
mod webhook;

pub use fault::{Fault, FaultKind};
pub use reversal::{CancelWhen, DisputeKind, DisputeStatus, RefundPlan, RefundStatus, SeedPayment};
pub use seed::{Seed, SeedCustomer, SeedTransaction};
pub use webhook::{Delivery, DeliveryPlan, ReleaseOrder};

fn once() -> u32 {
    1
}

/// How to start a stand-in. The default is any free port and no store file.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; `None` takes any free one.
    pub port: Option<u16>,
    /// A JSON file that the objects are loaded from and saved to.
    pub store_file: Option<PathBuf>,
    /// Webhook endpoints that are registered from the start.
    pub webhooks: Vec<Endpoint>,
    /// Delay of every response under `/v1/`, to imitate Stripe's.
    pub latency: Duration,
}

/// A webhook endpoint of the account behind one secret key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The secret key whose events are sent.
    pub secret_key: String,
    /// Where the deliveries are posted to.
    pub url: String,
    /// Signing secrets (`whsec_…`), one `v1` signature for each; there are several while a secret
    /// is rolled.
    pub signing_secrets: Vec<String>,
    /// Whether it receives the events of connected accounts (`Stripe-Account`) instead of the
    /// account's own.
    #[serde(default)]
    pub connect: bool,
}

impl Endpoint {
    /// An endpoint with one signing secret, for the account's own events.
    pub fn new(secret_key: &str, url: &str, signing_secret: &str) -> Self {
        Self {
            secret_key: secret_key.into(),
            url: url.into(),
            signing_secrets: vec![signing_secret.into()],
            connect: false,
        }
    }
}

/// The `payment_status` with which a session is completed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// `paid`, or `no_payment_required` if the total is zero.
    Paid,
    /// `unpaid`: a delayed payment method; see [`AsyncPaymentResult`].
    Unpaid,
    /// `no_payment_required`. The control API calls it `free`.
    #[serde(rename = "free")]
    NoPaymentRequired,
}

/// How an asynchronous payment ends.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AsyncPaymentResult {
    /// Emits `checkout.session.async_payment_succeeded`.
    Succeeded,
    /// Emits `checkout.session.async_payment_failed`.
    Failed,
}

/// A request received under `/v1/`, including one that a fault made fail.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReceivedRequest {
    /// In upper case.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The secret key, if one was sent.
    pub secret_key: Option<String>,
    /// The `Stripe-Account` header.
    pub account: Option<String>,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// Decoded parameters of the query and the body, with names as sent: `metadata[ledger]`.
    pub form: Vec<(String, String)>,
    /// When it arrived: Unix time in seconds, by the clock of this server.
    pub received_at: i64,
    /// The fault that it met.
    pub fault: Option<FaultKind>,
    /// The response's status; `None` while the request is running or if the connection was closed
    /// without a response.
    pub status: Option<u16>,
}

/// Why a control was refused, or what a wait timed out on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError(pub String);

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ControlError {}

impl From<crate::error::StripeError> for ControlError {
    fn from(error: crate::error::StripeError) -> Self {
        Self(error.message().to_owned())
    }
}
