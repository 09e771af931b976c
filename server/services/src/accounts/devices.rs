//! Devices that stay signed in: the bearer tokens of the mobile API.

use sha2::{Digest, Sha256};
use store::SiteId;
use store::Timestamp;
use store::{
    api_tokens,
    entities::{api_token, user},
    users,
};
use time::Duration;

use crate::Engine;

/// How long a token is good that is not used.
const GOOD_FOR: Duration = Duration::days(90);
/// How exactly we know when a token was last used.
const NOTED_EVERY: Duration = Duration::hours(1);
/// How many devices stay signed in: one more signs the oldest out.
const MOST: u64 = 20;
/// So that a token which leaks is known for what it is.
const PREFIX: &str = "pewpros_";

/// Most characters of a device's name.
const DEVICE_NAME_MAX: usize = 80;

/// A token as its owner gets it, once.
pub struct NewToken {
    /// 256 random bits.
    pub token: String,
    /// When it ends, unless it is used before.
    pub expires_at: Timestamp,
}

/// Signs `user` in on a device. An empty name becomes `Mobile app`.
///
/// # Errors
/// If the database fails.
pub async fn sign_in(
    state: &Engine,
    user: &user::Model,
    device_name: &str,
) -> anyhow::Result<NewToken> {
    let secret: [u8; 32] = state.random.bytes();
    let token = format!("{PREFIX}{}", hex::encode(secret));
    let now = state.now();
    let expires_at = now + GOOD_FOR;
    let (db, name) = (state.db.writer(), name(device_name));
    api_tokens::insert(db, user, hash(&token), name, now, expires_at).await?;
    api_tokens::keep_newest(db, user, MOST).await?;
    Ok(NewToken { token, expires_at })
}

/// The member of this site whose token it is, with the token's row.
///
/// # Errors
/// If the database fails.
pub async fn find(
    state: &Engine,
    site_id: SiteId,
    token: &str,
) -> anyhow::Result<Option<(user::Model, api_token::Model)>> {
    let (db, now) = (state.db.reader(), state.now());
    let Some(row) = api_tokens::find(db, site_id, &hash(token), now).await? else {
        return Ok(None);
    };
    if now - row.last_used_at >= NOTED_EVERY {
        api_tokens::prolong(state.db.writer(), row.id, now, now + GOOD_FOR).await?;
    }
    let user = users::by_id(db, site_id, row.user_id).await?;
    // A token that was made while the password was being replaced is none.
    let user = user.filter(|user| user.session_version == row.session_version);
    Ok(user.map(|user| (user, row)))
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn name(typed: &str) -> String {
    let visible = typed.chars().filter(|letter| !letter.is_control());
    let name: String = visible.take(DEVICE_NAME_MAX).collect();
    match name.trim() {
        "" => "Mobile app".to_owned(),
        name => name.to_owned(),
    }
}
