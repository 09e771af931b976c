//! The parameters for what goes wrong on demand.

use serde::{Deserialize, Serialize};

/// What goes wrong. "Executed" means that the store changed although the caller cannot tell.
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
    /// Answers 401, as to a key that was revoked; not executed.
    #[serde(rename = "401")]
    Unauthorized,
    /// Answers 403, as to a restricted key that may not do this; not executed.
    #[serde(rename = "403")]
    Forbidden,
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
#[serde(deny_unknown_fields)]
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
    /// PaymentStatus many calls that match it lets pass before.
    #[serde(default)]
    pub after: u32,
    /// PaymentStatus many calls it spoils.
    #[serde(default = "super::once")]
    pub times: u32,
    /// For the hanging kinds, in milliseconds; `None` waits until released.
    #[serde(default)]
    pub hang_ms: Option<u64>,
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
            after: 0,
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

    /// Only calls with this secret key.
    pub fn of_key(mut self, secret_key: &str) -> Self {
        self.secret_key = Some(secret_key.into());
        self
    }

    /// Lets so many calls pass before.
    pub fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }

    /// Spoils so many calls.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}
