//! Live notifications: a new notification reaches the open browsers of its member at once.
//!
//! On PostgreSQL it travels by `NOTIFY`, so that every process receives it. On SQLite there is only
//! one process, which sends it to itself.

use domain::notification::Notification;
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use store::{Db, MemberId, Pool};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

mod streams;

pub use streams::{OpenStream, Streams};

const CHANNEL: &str = "pewpros_live";

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
    /// Notifications may have been missed: read the table.
    Gap,
}

/// Sends new notifications to all streams that watch.
#[derive(Clone, Debug)]
pub struct Live {
    heard: broadcast::Sender<Heard>,
    pub streams: Streams,
}

impl Default for Live {
    fn default() -> Self {
        const WAITING: usize = 1024;
        Self {
            heard: broadcast::Sender::new(WAITING),
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
        listener.listen(CHANNEL).await?;
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
                Some(message) => match serde_json::from_str(message.payload()) {
                    Ok(arrival) => Heard::NewNotification(arrival),
                    Err(_) => continue,
                },
                None => Heard::Gap,
            };
            self.heard.send(heard).ok();
        }
    }
}
