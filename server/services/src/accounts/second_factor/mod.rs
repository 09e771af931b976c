//! The second factor of an account: an authenticator app's codes (TOTP, RFC 6238), and recovery codes
//! (`docs/rules.md` 71).

mod enter;
mod letters;
mod required;
mod secret;
mod setup;

use store::{
    entities::{second_factor, user},
    second_factors,
};

use crate::Engine;
pub use enter::{enter, prove};
pub use required::{is_missing, require};
pub use secret::purpose;
pub use setup::{Setup, begin, confirm, remove, setup};

/// The member's second factor, if it is on.
///
/// # Errors
/// If the database fails.
pub async fn of(
    engine: &Engine,
    member: &user::Model,
) -> anyhow::Result<Option<second_factor::Model>> {
    let factor = second_factors::of(engine.db.reader(), member.id).await?;
    Ok(factor.filter(|factor| factor.confirmed_at.is_some()))
}
