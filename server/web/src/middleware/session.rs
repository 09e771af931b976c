//! Sessions: a cookie that ends with the browser, and a row in our database that can be found only
//! by the hash of the cookie's id.

use async_trait::async_trait;
use server_core::clock::Clock;
use sha2::{Digest, Sha256};
use store::{Db, MemberId, Timestamp, entities::user, sessions};
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

/// How long an unused session is kept if its browser never closes.
const KEPT: Duration = Duration::days(14);

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

/// The member that a session belongs to.
pub struct SessionMember {
    /// The member must be looked up among the members of the request's site.
    pub id: MemberId,
    /// The session has ended if this is no longer the member's `session_version`.
    pub session_version: i64,
}

pub async fn member_of(session: &Session) -> anyhow::Result<Option<SessionMember>> {
    let Some(id) = session.get(MEMBER).await? else {
        return Ok(None);
    };
    // Sessions from before members had a version contain none; they count as 0.
    let session_version = session.get(VERSION).await?.unwrap_or(0);
    Ok(Some(SessionMember {
        id,
        session_version,
    }))
}

/// Signs a member in under a new session id, so that an id known to somebody else is worth nothing.
pub async fn sign_in(session: &Session, member: &user::Model) -> anyhow::Result<()> {
    session.cycle_id().await?;
    session.insert(MEMBER, member.id).await?;
    session.insert(VERSION, member.session_version).await?;
    Ok(())
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
}

#[async_trait]
impl tower_sessions::SessionStore for SessionStore {
    async fn create(&self, record: &mut Record) -> Result<()> {
        let data = encode(record)?;
        let expires_at = self.now() + KEPT;
        let conn = self.db.writer();
        while !sessions::insert(conn, hash(&record.id), data.clone(), expires_at)
            .await
            .map_err(backend)?
        {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let expires_at = self.now() + KEPT;
        sessions::update(
            self.db.writer(),
            &hash(&record.id),
            encode(record)?,
            expires_at,
        )
        .await
        .map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let (id_hash, now) = (hash(id), self.now());
        let found = sessions::find(self.db.reader(), &id_hash, now)
            .await
            .map_err(backend)?;
        let Some(row) = found else { return Ok(None) };
        if row.expires_at < now + KEPT - Duration::DAY {
            sessions::prolong(self.db.writer(), &id_hash, now + KEPT)
                .await
                .map_err(backend)?;
        }
        let data = serde_json::from_str(&row.data).map_err(|e| Error::Decode(e.to_string()))?;
        let expiry_date = (now + KEPT).moment();
        Ok(Some(Record {
            id: *id,
            data,
            expiry_date,
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

fn encode(record: &Record) -> Result<String> {
    serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))
}

fn backend(error: sea_orm::DbErr) -> Error {
    Error::Backend(error.to_string())
}
