//! Browsers and phones in which a member signed in before. What others try elsewhere does not keep
//! their member out (`docs/rules.md` 69).

use store::{
    entities::{known_device, user},
    known_devices,
};
use time::Duration;

use super::{Client, links::hash};
use crate::Engine;

/// How long a device is known after the last sign-in.
pub const DEVICE_KNOWN: Duration = Duration::days(180);
/// The most devices that are known of one member. One more forgets the oldest.
const MOST: u64 = 20;

/// The member's device at which the client sits, if the member signed in there before.
///
/// # Errors
/// If the database fails.
pub async fn find(
    engine: &Engine,
    member: &user::Model,
    client: Client<'_>,
) -> anyhow::Result<Option<known_device::Model>> {
    let Some(token) = client.device_token else {
        return Ok(None);
    };
    let (db, since) = (engine.db.reader(), engine.now() - DEVICE_KNOWN);
    Ok(known_devices::find(db, member.id, &hash(token), since).await?)
}

/// Records that the member signed in at the client, and returns the token that it has to keep: the
/// one that it sent, if we gave it to somebody before; else a new one.
///
/// # Errors
/// If the database fails.
pub async fn remember(
    engine: &Engine,
    member: &user::Model,
    client: Client<'_>,
) -> anyhow::Result<String> {
    let db = engine.db.writer();
    let token = match client.device_token {
        Some(token) if known_devices::is_known(engine.db.reader(), &hash(token)).await? => {
            token.to_owned()
        }
        _ => hex::encode(engine.random.bytes::<32>()),
    };
    known_devices::put(db, member.id, hash(&token), engine.now()).await?;
    known_devices::keep_newest(db, member.id, MOST).await?;
    Ok(token)
}
