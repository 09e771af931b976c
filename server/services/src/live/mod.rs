//! Live notifications: a new notification reaches the open browsers of its member at once, a changed
//! referral or order those of the admins, and a friend who registers those of the referrer.
//!
//! On PostgreSQL both travel by `NOTIFY`, so that every process receives them. On SQLite there is
//! only one process, which sends them to itself.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::notification::Notification;
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use store::{Db, MemberId, Pool, Scope};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

mod streams;

pub use streams::{OpenStream, Streams};

const CHANNEL: &str = "pewpros_live";
/// The channel on which a process tells whose referrals or orders changed.
const CHANGES: &str = "pewpros_changes";
/// The channel on which a process tells whose own pages changed.
const MEMBERS: &str = "pewpros_members";
/// How long changes are collected: a busy site changes many of them in a second, and an open table
/// reads all it shows after each message.
const COLLECTED: Duration = Duration::from_secs(1);

/// A notification and its member.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct NewNotification {
    pub user_id: MemberId,
    pub notification: Notification,
}

/// An item of the stream that [`Live::watch`] returns.
#[derive(Clone, Debug)]
pub enum Heard {
    NewNotification(NewNotification),
    /// Referrals or orders of this scope changed.
    Changed(Scope),
    /// What this member's pages show changed, without a notification.
    MemberChanged(MemberId),
    /// Notifications may have been missed: read the table.
    Gap,
}

/// Sends new notifications to all streams that watch.
#[derive(Clone, Debug)]
pub struct Live {
    heard: broadcast::Sender<Heard>,
    /// The scopes whose changes are being collected.
    changed: Arc<Mutex<BTreeSet<Scope>>>,
    pub streams: Streams,
}

impl Default for Live {
    fn default() -> Self {
        const WAITING: usize = 1024;
        Self {
            heard: broadcast::Sender::new(WAITING),
            changed: Arc::default(),
            streams: Streams::default(),
        }
    }
}

impl Live {
    /// All notifications of all members from now on; the caller filters them. The stream begins
    /// with [`Heard::Gap`], because it does not contain what was written before.
    pub fn watch(&self) -> impl Stream<Item = Heard> + Unpin + use<> {
        let from_now_on = BroadcastStream::new(self.heard.subscribe());
        // A reader that is too slow misses notifications.
        let from_now_on = from_now_on.map(|heard| heard.unwrap_or(Heard::Gap));
        stream::iter([Heard::Gap]).chain(from_now_on)
    }

    /// Sends a notification to all processes. Call it after the commit. A failure is only logged:
    /// the notification itself is safe in its table.
    pub async fn notify(&self, db: &Db, arrival: NewNotification) {
        let Pool::Postgres(pool) = db.pool() else {
            self.heard.send(Heard::NewNotification(arrival)).ok();
            return;
        };
        let Ok(payload) = serde_json::to_string(&arrival) else {
            return;
        };
        let notified = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(payload)
            .execute(pool)
            .await;
        if let Err(error) = notified {
            tracing::warn!(%error, "a notification could not be sent to open pages");
        }
    }

    /// Tells the open consoles of all processes that referrals or orders of `scope` changed, once for
    /// many changes. Call it after the commit. A failure is only logged: the next change tells it too.
    pub fn changed(&self, db: &Db, scope: Scope) {
        if !self.collecting().insert(scope) {
            return;
        }
        let (live, db) = (self.clone(), db.clone());
        tokio::spawn(async move {
            tokio::time::sleep(COLLECTED).await;
            live.collecting().remove(&scope);
            live.tell_change(&db, scope).await;
        });
    }

    /// Tells the open pages of this member that what they show changed. Call it after the commit. A failure is only
    /// logged: the page shows it when it is opened again.
    pub async fn member_changed(&self, db: &Db, member: MemberId) {
        let Pool::Postgres(pool) = db.pool() else {
            self.heard.send(Heard::MemberChanged(member)).ok();
            return;
        };
        let Ok(payload) = serde_json::to_string(&member) else {
            return;
        };
        let told = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(MEMBERS)
            .bind(payload)
            .execute(pool)
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, "open pages were not told of a change");
        }
    }

    fn collecting(&self) -> MutexGuard<'_, BTreeSet<Scope>> {
        self.changed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn tell_change(&self, db: &Db, scope: Scope) {
        let Pool::Postgres(pool) = db.pool() else {
            self.heard.send(Heard::Changed(scope)).ok();
            return;
        };
        let Ok(payload) = serde_json::to_string(&scope) else {
            return;
        };
        let told = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANGES)
            .bind(payload)
            .execute(pool)
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, "open consoles were not told of a change");
        }
    }

    /// Relays the notifications of other processes forever. On SQLite it returns at once.
    ///
    /// # Errors
    /// If the connection to the database is lost.
    pub async fn listen(&self, db: &Db) -> anyhow::Result<()> {
        match Self::listener(db).await? {
            Some(listener) => self.relay(listener).await,
            None => Ok(()),
        }
    }

    /// Starts to listen: the listener receives every notification from now on. `None` on SQLite.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn listener(db: &Db) -> anyhow::Result<Option<PgListener>> {
        let Pool::Postgres(pool) = db.pool() else {
            return Ok(None);
        };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen_all([CHANNEL, CHANGES, MEMBERS]).await?;
        Ok(Some(listener))
    }

    /// Relays the notifications that `listener` receives, forever.
    ///
    /// # Errors
    /// If the connection to the database is lost.
    pub async fn relay(&self, mut listener: PgListener) -> anyhow::Result<()> {
        loop {
            // `None`: the connection was lost and replaced, so notifications may be missing.
            let heard = match listener.try_recv().await? {
                Some(message) => match read(message.channel(), message.payload()) {
                    Ok(heard) => heard,
                    Err(_) => continue,
                },
                None => Heard::Gap,
            };
            self.heard.send(heard).ok();
        }
    }
}

fn read(channel: &str, payload: &str) -> serde_json::Result<Heard> {
    match channel {
        CHANGES => serde_json::from_str(payload).map(Heard::Changed),
        MEMBERS => serde_json::from_str(payload).map(Heard::MemberChanged),
        _ => serde_json::from_str(payload).map(Heard::NewNotification),
    }
}
