//! Devices that stay signed in: the bearer tokens of the mobile API.

use app::types::{Device, Outcome};
use sha2::{Digest, Sha256};

use crate::{
    db::{
        api_tokens,
        entities::{api_token, user},
        users,
    },
    services::{Services, dates},
    state::AppState,
};

const DAY_MS: i64 = 24 * 60 * 60 * 1000;
/// How long a token is good that is not used, in milliseconds.
const GOOD_FOR_MS: i64 = 90 * DAY_MS;
/// How exactly we know when a token was last used, in milliseconds.
const NOTED_EVERY_MS: i64 = 60 * 60 * 1000;
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
    /// When it ends, unless it is used before; milliseconds.
    pub expires_at: i64,
}

/// Signs `user` in on a device. An empty name becomes `Mobile app`.
///
/// # Errors
/// If the database fails.
pub async fn sign_in(
    state: &AppState,
    user: &user::Model,
    device_name: &str,
) -> anyhow::Result<NewToken> {
    let secret: [u8; 32] = state.random.bytes();
    let token = format!("{PREFIX}{}", hex::encode(secret));
    let now = state.clock.now_ms();
    let expires_at = now + GOOD_FOR_MS;
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
    state: &AppState,
    site_id: i64,
    token: &str,
) -> anyhow::Result<Option<(user::Model, api_token::Model)>> {
    let (db, now) = (state.db.conn(), state.clock.now_ms());
    let Some(row) = api_tokens::find(db, site_id, &hash(token), now).await? else {
        return Ok(None);
    };
    if now - row.last_used_at >= NOTED_EVERY_MS {
        api_tokens::prolong(state.db.writer(), row.id, now, now + GOOD_FOR_MS).await?;
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

impl Services {
    pub(super) async fn my_devices(&self) -> anyhow::Result<Vec<Device>> {
        let Some(user) = &self.visit.user else {
            return Ok(Vec::new());
        };
        let (db, now) = (self.state.db.conn(), self.state.clock.now_ms());
        let rows = api_tokens::of_user(db, user.site_id, user.id, now).await?;
        Ok(rows.into_iter().map(view).collect())
    }

    pub(super) async fn end_device(&self, id: i64) -> anyhow::Result<Outcome> {
        let Some(user) = &self.visit.user else {
            return Ok(Outcome::Go("/sign-in?next=/dashboard".to_owned()));
        };
        // A device that is gone already is signed out, which is all that was asked.
        api_tokens::revoke(self.state.db.writer(), user.site_id, user.id, id).await?;
        Ok(Outcome::Done("The device is signed out.".to_owned()))
    }
}

fn view(row: api_tokens::Device) -> Device {
    Device {
        id: row.id,
        name: row.device_name,
        signed_in_on: dates::day(row.created_at),
        signed_in_at: dates::iso(row.created_at),
        last_used_on: dates::day(row.last_used_at),
        last_used_at: dates::iso(row.last_used_at),
    }
}
