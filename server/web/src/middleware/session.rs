//! Sessions: a cookie that ends with the browser, or after 30 days for who asks for it, and a row in our database that can be found only
//! by the hash of the cookie's id.

use std::collections::HashMap;

use async_trait::async_trait;
use domain::account::SessionLimits;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use server_core::clock::Clock;
use sha2::{Digest, Sha256};
use store::{
    Db, MemberId, Timestamp,
    entities::{session, user},
    sessions,
};
use time::Duration;
use tower_cookies::cookie::SameSite;
use tower_sessions::{
    Expiry, Session, SessionManagerLayer,
    session::{Id, Record},
    session_store::{Error, Result},
};

use crate::state::AppState;

const MEMBER: &str = "member";
const VERSION: &str = "session_version";
/// Whether the member was of the staff when they signed in: it decides how long the session lasts.
const RIGHTS: &str = "rights";
/// When the member signed in, in milliseconds.
const SIGNED_IN_AT: &str = "signed_in_at";
/// Whether the member asked to be kept signed in when the browser is closed.
const KEPT: &str = "kept";
/// When the password was typed last, in milliseconds.
const PASSWORD_AT: &str = "password_at";
/// The browser's name and system: `Firefox on Linux`.
const BROWSER: &str = "browser";

/// A session's use is written down once in this part of its idle time.
const NOTED_PART: i32 = 24;

/// Gives each request its session. A visitor who does not sign in gets no cookie and no row.
pub fn session_layer(state: &AppState) -> SessionManagerLayer<SessionStore> {
    let secure = state.config.behind_tls;
    SessionManagerLayer::new(SessionStore {
        db: state.db.clone(),
        clock: state.clock.clone(),
    })
    // With `__Host-`, a page of a neighboring subdomain cannot set this cookie.
    .with_name(if secure { "__Host-session" } else { "session" })
    .with_secure(secure)
    .with_http_only(true)
    .with_same_site(SameSite::Lax)
    .with_expiry(Expiry::OnSessionEnd)
}

/// Of which staff the member was, in the form that the version before reads.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Staff {
    tenant: bool,
    platform: bool,
}

impl Staff {
    fn of(member: &user::Model) -> Self {
        let rights = member.rights();
        Self {
            tenant: rights.tenant.is_some(),
            platform: rights.platform.is_some(),
        }
    }

    fn any(self) -> bool {
        self.tenant || self.platform
    }
}

/// The member that a session belongs to.
pub struct SessionMember {
    /// The member must be looked up among the members of the request's site.
    pub id: MemberId,
    /// The session has ended if this is no longer the member's `session_version`.
    pub session_version: i64,
}

pub async fn member_of(session: &Session) -> anyhow::Result<Option<SessionMember>> {
    let (id, version) = (session.get(MEMBER).await?, session.get(VERSION).await?);
    Ok(id.zip(version).map(|(id, session_version)| SessionMember {
        id,
        session_version,
    }))
}

/// Signs a member in under a new session id, so that an id known to somebody else is worth nothing.
pub async fn begin_session(
    session: &Session,
    member: &user::Model,
    (browser, kept): (&str, bool),
    now: Timestamp,
) -> anyhow::Result<()> {
    session.cycle_id().await?;
    let staff = Staff::of(member);
    let kept_for = SessionLimits::kept_for(staff.any(), kept);
    session.set_expiry(kept_for.map(Expiry::OnInactivity));
    session.insert(KEPT, kept).await?;
    session.insert(MEMBER, member.id).await?;
    session.insert(VERSION, member.session_version).await?;
    session.insert(RIGHTS, staff).await?;
    session.insert(SIGNED_IN_AT, now.millis()).await?;
    set_password_at(session, now).await?;
    session.insert(BROWSER, browser).await?;
    Ok(())
}

/// Whether the member asked to be kept signed in.
pub async fn is_kept(session: &Session) -> anyhow::Result<bool> {
    Ok(session.get(KEPT).await?.unwrap_or(false))
}

/// Records that the member typed the right password.
pub async fn set_password_at(session: &Session, now: Timestamp) -> anyhow::Result<()> {
    Ok(session.insert(PASSWORD_AT, now.millis()).await?)
}

/// When the member last typed the right password in this session.
pub async fn password_at(session: &Session) -> anyhow::Result<Option<Timestamp>> {
    let millis = session.get(PASSWORD_AT).await?;
    Ok(millis.and_then(Timestamp::from_millis))
}

/// How the session's row is found; `None` for a visitor who has none.
pub fn row_id(session: &Session) -> Option<String> {
    session.id().map(|id| hash(&id))
}

/// A browser in which a member is signed in.
pub struct SignedInBrowser {
    /// As [`row_id`].
    pub row_id: String,
    /// `Firefox on Linux`.
    pub name: String,
    pub signed_in_at: Timestamp,
}

/// The browser of a session's row; `None` if the session has ended by the member's version.
pub fn browser_of(row: session::Model, member: &user::Model) -> Option<SignedInBrowser> {
    let data: Data = serde_json::from_str(&row.data).ok()?;
    let version: i64 = read(&data, VERSION)?;
    member.accepts(version).then_some(())?;
    Some(SignedInBrowser {
        row_id: row.id_hash,
        name: read(&data, BROWSER)?,
        signed_in_at: signed_in_at(&data)?,
    })
}

type Data = HashMap<String, Value>;

fn read<T: serde::de::DeserializeOwned>(data: &Data, name: &str) -> Option<T> {
    serde_json::from_value(data.get(name)?.clone()).ok()
}

fn signed_in_at(data: &Data) -> Option<Timestamp> {
    Timestamp::from_millis(read(data, SIGNED_IN_AT)?)
}

/// How long a session with this data lasts without another request, and when it ends if it is used
/// at `now`; `None` if the data of a member's session cannot be read.
fn lasts(data: &Data, now: Timestamp) -> Option<(Duration, Timestamp)> {
    let (staff, since) = match data.contains_key(MEMBER) {
        true => (
            read::<Staff>(data, RIGHTS)?.any(),
            now - signed_in_at(data)?,
        ),
        false => (false, Duration::ZERO),
    };
    // Sessions from before members could choose have no choice in them.
    let kept = data
        .get(KEPT)
        .is_some_and(|kept| kept == &Value::Bool(true));
    let limits = SessionLimits::of(staff, kept);
    Some((limits.idle, now + limits.left(since)))
}

/// Sessions in the table `sessions`.
#[derive(Clone, Debug)]
pub struct SessionStore {
    db: Db,
    clock: Clock,
}

impl SessionStore {
    fn now(&self) -> Timestamp {
        self.clock.now().into()
    }

    fn row(&self, record: &Record) -> Result<session::Model> {
        let data = serde_json::to_string(&record.data);
        let unreadable = || Error::Encode("a session of unknown length".to_owned());
        let (_, expires_at) = lasts(&record.data, self.now()).ok_or_else(unreadable)?;
        Ok(session::Model {
            id_hash: hash(&record.id),
            user_id: read(&record.data, MEMBER),
            data: data.map_err(|error| Error::Encode(error.to_string()))?,
            expires_at,
        })
    }
}

#[async_trait]
impl tower_sessions::SessionStore for SessionStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        while !sessions::insert(self.db.writer(), self.row(record)?)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        sessions::update(self.db.writer(), self.row(record)?)
            .await
            .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (id_hash, now) = (hash(id), self.now());
        let found = sessions::find(self.db.reader(), &id_hash, now)
            .await
            .map_err(backend)?;
        let Some(row) = found else { return Ok(None) };
        let data: Data =
            serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let Some((idle, expires_at)) = lasts(&data, now) else {
            tracing::warn!("a session whose data cannot be read is taken as ended");
            return Ok(None);
        };
        if expires_at - row.expires_at > idle / NOTED_PART {
            sessions::prolong(self.db.writer(), &id_hash, expires_at)
                .await
                .map_err(backend)?;
        }
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date: expires_at.moment(),
        }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        sessions::delete(self.db.writer(), &hash(id))
            .await
            .map_err(backend)
    }
}

fn hash(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string()))
}

fn backend(error: sea_orm::DbErr) -> Error {
    Error::Backend(error.to_string())
}
