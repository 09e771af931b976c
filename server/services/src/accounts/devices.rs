//! Devices that stay signed in, by the API tokens of the mobile app.

use domain::spelling::is_invisible;
use sha2::{Digest, Sha256};
use store::{
    SiteId, Timestamp, api_tokens,
    entities::{api_token, user},
    users,
};
use time::Duration;

use crate::Engine;

/// How long an unused token is valid.
const GOOD_FOR: Duration = Duration::days(90);
/// How often the time of a token's last use is written.
const NOTED_EVERY: Duration = Duration::hours(1);
/// The most devices that stay signed in. One more signs the oldest out.
const MOST: u64 = 20;
/// Makes a leaked token recognizable.
const PREFIX: &str = "pewpros_";

/// A phone whose app does not say its name.
pub const MOBILE_APP: &str = "Mobile app";

/// The most characters of a device's name.
const DEVICE_NAME_MAX: usize = 80;

/// A new API token. Its owner sees it only once.
pub struct NewToken {
    /// `pewpros_` and 256 random bits in hexadecimal.
    pub token: String,
    /// When the token expires, unless it is used before.
    pub expires_at: Timestamp,
}

/// Signs `user` in on a device. An empty name becomes `Mobile app`.
pub async fn sign_in(
    engine: &Engine,
    user: &user::Model,
    device_name: &str,
) -> anyhow::Result<NewToken> {
    let secret: [u8; 32] = engine.random.bytes();
    let token = format!("{PREFIX}{}", hex::encode(secret));
    let now = engine.now();
    let expires_at = now + GOOD_FOR;
    let (db, name) = (engine.db.writer(), name(device_name));
    api_tokens::insert(db, user, hash(&token), name, now, expires_at).await?;
    api_tokens::keep_newest(db, user, MOST).await?;
    Ok(NewToken { token, expires_at })
}

/// The member of this site to whom the token belongs, and the token's row.
pub async fn find(
    engine: &Engine,
    site_id: SiteId,
    token: &str,
) -> anyhow::Result<Option<(user::Model, api_token::Model)>> {
    let (db, now) = (engine.db.reader(), engine.now());
    let Some(row) = api_tokens::find(db, site_id, &hash(token), now).await? else {
        return Ok(None);
    };
    if now - row.last_used_at >= NOTED_EVERY {
        api_tokens::prolong(engine.db.writer(), row.id, now, now + GOOD_FOR).await?;
    }
    let user = users::by_id(db, site_id, row.user_id).await?;
    // A token that was created while the password was being replaced is not valid.
    let user = user.filter(|user| user.accepts(row.session_version));
    Ok(user.map(|user| (user, row)))
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

fn name(typed: &str) -> String {
    let visible = typed
        .chars()
        .filter(|letter| !letter.is_control() && !is_invisible(*letter));
    let name: String = visible.take(DEVICE_NAME_MAX).collect();
    match name.trim() {
        "" => MOBILE_APP.to_owned(),
        name => name.to_owned(),
    }
}
