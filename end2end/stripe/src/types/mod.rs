//! The parameters in which tests and the command line speak to the stand-in.

use std::{fmt, path::PathBuf, time::Duration};

use serde::{Deserialize, Serialize};

mod fault;
mod seed;
mod webhook;

pub use fault::{Fault, FaultKind};
pub use seed::{Seed, SeedCustomer, SeedTransaction};
pub use webhook::{Delivery, DeliveryPlan, ReleaseOrder};

fn once() -> u32 {
    1
}

/// PaymentStatus to start a stand-in. `Options::default()` gives a random port and nothing on disk.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; `None` takes any free one.
    pub port: Option<u16>,
    /// A JSON file that the store are loaded from and saved to.
    pub store_file: Option<PathBuf>,
    /// Webhook endpoints that are registered from the start.
    pub webhooks: Vec<Endpoint>,
    /// PaymentStatus long every call under `/v1/` takes, as Stripe's do.
    pub latency: Duration,
}

/// A webhook endpoint of the account behind one secret key.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoint {
    /// The `sk_test_…` key whose events are sent.
    pub secret_key: String,
    /// Where deliveries are posted to.
    pub url: String,
    /// One `v1` signature is made for each (`whsec_…`): several while a secret is rotated.
    pub signing_secrets: Vec<String>,
    /// Whether it gets the events of connected accounts (`Stripe-Account`) instead of the key's own.
    #[serde(default)]
    pub connect: bool,
}

impl Endpoint {
    /// An endpoint with a single signing secret, for the key's own events.
    pub fn new(secret_key: &str, url: &str, signing_secret: &str) -> Self {
        Self {
            secret_key: secret_key.into(),
            url: url.into(),
            signing_secrets: vec![signing_secret.into()],
            connect: false,
        }
    }
}

/// PaymentStatus a session is completed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentStatus {
    /// `payment_status=paid`, or `no_payment_required` when a payment of nothing is due.
    Paid,
    /// `payment_status=unpaid`: a slow method; see [`AsyncPaymentResult`].
    Unpaid,
    /// `payment_status=no_payment_required`.
    #[serde(rename = "free")]
    NoPaymentRequired,
}

/// PaymentStatus a slow payment ends.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AsyncPaymentResult {
    /// `checkout.session.async_payment_succeeded`.
    Succeeded,
    /// `checkout.session.async_payment_failed`.
    Failed,
}

/// A call that the stand-in received under `/v1/`, also when a fault spoiled it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct ReceivedRequest {
    /// Upper case.
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The secret key, if there was one.
    pub secret_key: Option<String>,
    /// The `Stripe-Account` header.
    pub account: Option<String>,
    /// The `Idempotency-Key` header.
    pub idempotency_key: Option<String>,
    /// Decoded pairs of the query and the body, names as sent: `metadata[ledger]`.
    pub form: Vec<(String, String)>,
    /// The status answered; `None` while in progress or when the connection was dropped.
    pub status: Option<u16>,
}

/// Why a control was refused, or a wait given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlError(pub String);

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ControlError {}
