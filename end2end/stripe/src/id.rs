//! Ids that look like Stripe's.

use rand::{Rng, distr::Alphanumeric};

/// Makes a random id. It is unique across all stores, because the control API names a session by
/// its id alone.
#[expect(
    clippy::disallowed_methods,
    reason = "tests read ids from the answers and need none in particular"
)]
pub fn new(prefix: &str) -> String {
    let length = if prefix == "cs_test" { 58 } else { 24 };
    let random: String = rand::rng()
        .sample_iter(&Alphanumeric)
        .take(length)
        .map(char::from)
        .collect();
    format!("{prefix}_{random}")
}
