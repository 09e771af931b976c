//! The words in which tests and the command line speak to the stand-in.

use std::{collections::BTreeMap, fmt, path::PathBuf};

use serde::{Deserialize, Serialize};

/// How to start a stand-in. `Options::default()` gives a random port and nothing on disk.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The port on 127.0.0.1; `None` takes any free one.
    pub port: Option<u16>,
    /// A JSON file that the books are loaded from and saved to.
    pub books: Option<PathBuf>,
    /// Webhook endpoints that are registered from the start.
    pub webhooks: Vec<Endpoint>,
}

/// A webhook endpoint of the account behind one secret key.
#[derive(Clone, Debug, Deserialize, Serialize)]
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

/// What goes wrong. "Executed" means that the books changed although the caller cannot tell.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Answers 500; not executed, nothing stored under the idempotency key.
    FailBefore,
    /// Answers 500 once; executed, so that the same key then replays the real result.
    FailAfter,
    /// Closes the connection without an answer; not executed.
    DropBefore,
    /// Closes the connection without an answer; executed.
    DropAfter,
    /// Answers 429; not executed.
    #[serde(rename = "429")]
    TooManyRequests,
    /// Answers 409 `idempotency_key_in_use`; not executed.
    #[serde(rename = "409")]
    Conflict,
    /// Answers 500, not executed, and the same key answers this 500 ever after.
    #[serde(rename = "500_sticky")]
    Sticky500,
    /// Answers 500 although executed, and the same key answers this 500 ever after.
    #[serde(rename = "500_sticky_after")]
    Sticky500After,
    /// Answers 502 with a page of HTML; not executed.
    #[serde(rename = "502_html")]
    BadGateway,
    /// Answers 502 with a page of HTML; executed.
    #[serde(rename = "502_html_after")]
    BadGatewayAfter,
    /// Waits before executing: `hang_ms`, or until [`crate::StandIn::release_hung`]. Then goes on as usual.
    Hang,
    /// Executes, then waits before answering as [`FaultKind::Hang`] does.
    HangAfter,
}

/// A fault for the next `times` calls that match.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Only calls with this HTTP method (any case); `None` matches all.
    #[serde(default)]
    pub method: Option<String>,
    /// Only paths that begin so, e.g. `/v1/customers`; empty matches all.
    #[serde(default)]
    pub path_prefix: String,
    /// Only paths that end so, e.g. `/balance_transactions`; empty matches all.
    #[serde(default)]
    pub path_suffix: String,
    /// Only calls with this secret key; `None` matches all.
    #[serde(default)]
    pub secret_key: Option<String>,
    /// How many calls it spoils.
    #[serde(default = "once")]
    pub times: u32,
    /// For the hanging kinds, in milliseconds; `None` waits until released.
    #[serde(default)]
    pub hang_ms: Option<u64>,
}

fn once() -> u32 {
    1
}

impl Fault {
    /// A fault for the next call of any kind; narrow it with the other methods.
    pub fn next(kind: FaultKind) -> Self {
        Self {
            kind,
            method: None,
            path_prefix: String::new(),
            path_suffix: String::new(),
            secret_key: None,
            times: 1,
            hang_ms: None,
        }
    }

    /// Only calls with this method and with a path that begins so.
    pub fn on(mut self, method: &str, path_prefix: &str) -> Self {
        self.method = Some(method.into());
        self.path_prefix = path_prefix.into();
        self
    }

    /// Only paths that end so.
    pub fn ending(mut self, path_suffix: &str) -> Self {
        self.path_suffix = path_suffix.into();
        self
    }

    /// Spoils so many calls.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}

/// What happens to the next `times` webhook deliveries that match.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct DeliveryPlan {
    /// The key whose deliveries are meant.
    pub secret_key: String,
    /// Only this event type; `None` matches all.
    #[serde(default)]
    pub event: Option<String>,
    /// How many copies are sent, at the same moment: 2 is a duplicate, 0 loses it.
    #[serde(default = "one_copy")]
    pub copies: u32,
    /// Milliseconds before the first attempt.
    #[serde(default)]
    pub delay_ms: u64,
    /// How many events it applies to.
    #[serde(default = "once")]
    pub times: u32,
}

fn one_copy() -> u32 {
    1
}

/// In which order held deliveries are released.
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// As they happened.
    #[default]
    OldestFirst,
    /// Turned round.
    NewestFirst,
}

/// How a session is completed.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// `payment_status=paid`, or `no_payment_required` when a payment of nothing is due.
    Paid,
    /// `payment_status=unpaid`: a slow method; see [`Settlement`].
    Unpaid,
    /// `payment_status=no_payment_required`.
    Free,
}

/// How a slow payment ends.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// `checkout.session.async_payment_succeeded`.
    Succeeded,
    /// `checkout.session.async_payment_failed`.
    Failed,
}

/// A call that the stand-in received under `/v1/`, also when a fault spoiled it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Received {
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

/// One event on its way to one endpoint.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Delivery {
    /// Counts up from 1.
    pub id: u64,
    /// The key whose event it is.
    pub secret_key: String,
    /// The event's id, `evt_…`.
    pub event: String,
    /// The event's type, `checkout.session.completed`.
    pub event_type: String,
    /// Where it goes.
    pub url: String,
    /// The status of each attempt; 0 where no answer came.
    pub statuses: Vec<u16>,
    /// Waiting for `release`.
    pub held: bool,
    /// Ended: answered with a 2xx, or its endpoint was removed.
    pub done: bool,
}

/// Demo data. Whatever exists already, by id, is left alone.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Seed {
    /// The key into whose store it goes.
    pub secret_key: String,
    /// The `Stripe-Account`, if any.
    #[serde(default)]
    pub account: Option<String>,
    /// The customers.
    pub customers: Vec<SeedCustomer>,
}

/// A customer of the demo data.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct SeedCustomer {
    /// `cus_…`.
    pub id: String,
    /// As Stripe would list it, case kept.
    #[serde(default)]
    pub email: Option<String>,
    /// Full name.
    #[serde(default)]
    pub name: Option<String>,
    /// Seconds since 1970, UTC; `None` is now.
    #[serde(default)]
    pub created: Option<i64>,
    /// The customer's metadata.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The entries of its balance, oldest first.
    #[serde(default)]
    pub balance_transactions: Vec<SeedTransaction>,
}

/// A balance transaction of the demo data, type `adjustment`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct SeedTransaction {
    /// `cbtxn_…`.
    pub id: String,
    /// Cents; negative is a credit.
    pub amount: i64,
    /// Lower case, `usd`.
    pub currency: String,
    /// What the customer reads on the invoice.
    #[serde(default)]
    pub description: Option<String>,
    /// Seconds since 1970, UTC; `None` is now.
    #[serde(default)]
    pub created: Option<i64>,
    /// The entry's metadata.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// Why a control was refused, or a wait given up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem(pub String);

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Problem {}
