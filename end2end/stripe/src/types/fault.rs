//! The kinds of faults.

use serde::{Deserialize, Serialize};

/// What goes wrong. "Executed" means that objects were changed although the client cannot know it.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FaultKind {
    /// Responds with 500; not executed, nothing stored under the idempotency key.
    FailBefore,
    /// Responds with 500 once; executed. The same key then replays the real response.
    FailAfter,
    /// Closes the connection without a response; not executed.
    DropBefore,
    /// Closes the connection without a response; executed.
    DropAfter,
    /// Responds with 429; not executed.
    #[serde(rename = "429")]
    TooManyRequests,
    /// Responds with 401, as for a revoked key; not executed.
    #[serde(rename = "401")]
    Unauthorized,
    /// Responds with 403, as for a restricted key without the permission; not executed.
    #[serde(rename = "403")]
    Forbidden,
    /// Responds with 400 `amount_too_small`, as where a total converts to too little; not executed.
    AmountTooSmall,
    /// Responds with 409 `idempotency_key_in_use`; not executed.
    #[serde(rename = "409")]
    Conflict,
    /// Responds with 500; not executed. The same key replays this 500 from then on.
    #[serde(rename = "500_sticky")]
    Sticky500,
    /// Responds with 500 although executed. The same key replays this 500 from then on.
    #[serde(rename = "500_sticky_after")]
    Sticky500After,
    /// Responds with 502 and an HTML page; not executed.
    #[serde(rename = "502_html")]
    BadGateway,
    /// Responds with 502 and an HTML page; executed.
    #[serde(rename = "502_html_after")]
    BadGatewayAfter,
    /// Waits before executing: for `hang_ms`, or until [`crate::StandIn::release_hung`]. Then
    /// continues normally.
    Hang,
    /// Executes, then waits before responding as [`FaultKind::Hang`] does.
    HangAfter,
}

impl FaultKind {
    /// Those that any client must survive: Stripe fails, does not answer, or answers late.
    pub const PASSING: [Self; 12] = [
        Self::FailBefore,
        Self::FailAfter,
        Self::DropBefore,
        Self::DropAfter,
        Self::TooManyRequests,
        Self::Conflict,
        Self::Sticky500,
        Self::Sticky500After,
        Self::BadGateway,
        Self::BadGatewayAfter,
        Self::Hang,
        Self::HangAfter,
    ];
}

/// A fault for the next `times` requests that match.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// What goes wrong.
    pub kind: FaultKind,
    /// Matches only this HTTP method, in any case; `None` matches all.
    #[serde(default)]
    pub method: Option<String>,
    /// Matches only paths with this prefix, for example `/v1/customers`; empty matches all.
    #[serde(default)]
    pub path_prefix: String,
    /// Matches only paths with this suffix, for example `/balance_transactions`; empty matches all.
    #[serde(default)]
    pub path_suffix: String,
    /// Matches only this secret key; `None` matches all.
    #[serde(default)]
    pub secret_key: Option<String>,
    /// How many matching requests pass before the fault takes effect.
    #[serde(default)]
    pub after: u32,
    /// How many requests it affects.
    #[serde(default = "super::once")]
    pub times: u32,
    /// For the hanging kinds, in milliseconds; `None` waits until released.
    #[serde(default)]
    pub hang_ms: Option<u64>,
}

impl Fault {
    /// A fault for the next request of any kind; narrow it with the other methods.
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

    /// Matches only this method and paths with this prefix.
    pub fn on(mut self, method: &str, path_prefix: &str) -> Self {
        self.method = Some(method.into());
        self.path_prefix = path_prefix.into();
        self
    }

    /// Matches only paths with this suffix.
    pub fn ending(mut self, path_suffix: &str) -> Self {
        self.path_suffix = path_suffix.into();
        self
    }

    /// Matches only this secret key.
    pub fn of_key(mut self, secret_key: &str) -> Self {
        self.secret_key = Some(secret_key.into());
        self
    }

    /// Lets this number of matching requests pass first.
    pub fn after(mut self, calls: u32) -> Self {
        self.after = calls;
        self
    }

    /// Affects this number of requests.
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }
}
