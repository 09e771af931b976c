//! How many calls an address has left, in every answer to a call that changes something (IETF draft "RateLimit header
//! fields for HTTP"; `docs/rules.md` 213).

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use crate::middleware::{CALLS_AT_ONCE, CALLS_PER_SECOND};

/// What is allowed: calls, in a number of seconds.
pub const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What is left of it, and the seconds until all of it is there again.
pub const LEFT: HeaderName = HeaderName::from_static("ratelimit");

/// Writes both headers; `left` is the number of calls that may follow at once.
pub fn tell(headers: &mut HeaderMap, left: u32) {
    let (most, per_second) = (CALLS_AT_ONCE.get(), CALLS_PER_SECOND.get());
    let window = most.div_ceil(per_second);
    let until_all = most.saturating_sub(left).div_ceil(per_second);
    for (name, text) in [
        (POLICY, format!("\"calls\";q={most};w={window}")),
        (LEFT, format!("\"calls\";r={left};t={until_all}")),
    ] {
        if let Ok(text) = HeaderValue::from_str(&text) {
            headers.insert(name, text);
        }
    }
}
