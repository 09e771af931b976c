//! What a member who is signed in proves before something that whoever merely holds their browser or
//! phone must not do: the password, and a code of the second factor if there is one.

use domain::account::SecurityEvent;
use store::{entities::user, sites::Site};
use time::Duration;

use super::{Client, attempts::Attempt, second_factor};
use crate::Engine;

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    Right,
    WrongPassword,
    /// The password is right, and a code is needed too.
    CodeNeeded,
    WrongCode,
    /// There were too many wrong ones: nothing was looked at.
    TooMany {
        wait: Duration,
    },
}

/// Checks the password and the code, within the limits of signing in.
///
/// # Errors
/// If the database fails.
pub async fn prove(
    engine: &Engine,
    site: &Site,
    member: &user::Model,
    (typed, code): (&str, &str),
    client: Client<'_>,
) -> anyhow::Result<Proof> {
    let begun = Attempt::begin(engine, site, &member.key(), Some(member), client).await?;
    let attempt = match begun {
        Ok(attempt) => attempt,
        Err(wait) => return Ok(Proof::TooMany { wait }),
    };
    let hash = Some(member.password_hash.as_str());
    if !attempt.verify(typed, hash).await?.is_right() {
        attempt.was_wrong(SecurityEvent::WrongPassword).await?;
        return Ok(Proof::WrongPassword);
    }
    attempt.was_right().await?;
    if second_factor::of(engine, member).await?.is_none() {
        return Ok(Proof::Right);
    }
    if code.is_empty() {
        return Ok(Proof::CodeNeeded);
    }
    Ok(
        match second_factor::prove(engine, site, member, code, client).await? {
            Ok(true) => Proof::Right,
            Ok(false) => Proof::WrongCode,
            Err(wait) => Proof::TooMany { wait },
        },
    )
}
