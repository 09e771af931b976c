//! Who is watching now: a notification reaches the browsers of its member as it is written.
//!
//! On PostgreSQL the news travels by `NOTIFY`, so that every process hears of it; on SQLite there
//! is one process, and it tells itself.

use domain::notification::Notification;
use futures::{Stream, StreamExt, stream};
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use store::MemberId;
use store::{Db, Pool};
use tokio::sync::broadcast;
use tokio_stream::wrappers::BroadcastStream;

mod streams;

pub use streams::{OpenStream, Streams};

const CHANNEL: &str = "pewpros_live";

/// A notification and whom it is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Arrival {
    /// The member's id.
    pub user_id: MemberId,
    /// What to show.
    pub notification: Notification,
}

/// What somebody who watches hears.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A notification was written.
    Arrival(Arrival),
    /// Some may have been written of which nothing was heard: look into the table.
    Gap,
}

/// Passes what arrives to whoever is watching.
#[derive(Clone, Debug)]
pub struct Live {
    heard: broadcast::Sender<Heard>,
    /// The streams that are open in this process.
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
    /// Everything from now on; the caller picks what concerns it. It begins with a gap, since what
    /// was written before nobody tells.
    pub fn watch(&self) -> impl Stream<Item = Heard> + Unpin + use<> {
        let from_now_on = BroadcastStream::new(self.heard.subscribe());
        // Who reads too slowly misses what was told meanwhile.
        let from_now_on = from_now_on.map(|heard| heard.unwrap_or(Heard::Gap));
        stream::iter([Heard::Gap]).chain(from_now_on)
    }

    /// Tells everybody, after the notification is committed. A failure is only logged: the
    /// notification itself is safe in its table.
    pub async fn tell(&self, db: &Db, arrival: Arrival) {
        let Pool::Postgres(pool) = db.pool() else {
            self.heard.send(Heard::Arrival(arrival)).ok();
            return;
        };
        let Ok(payload) = serde_json::to_string(&arrival) else {
            return;
        };
        let told = sqlx::query("SELECT pg_notify($1, $2)")
            .bind(CHANNEL)
            .bind(payload)
            .execute(pool)
            .await;
        if let Err(error) = told {
            tracing::warn!(%error, "a notification could not be announced");
        }
    }

    /// Listens to the other processes, for ever; at once over on SQLite.
    ///
    /// # Errors
    /// If the connection is cut.
    pub async fn listen(&self, db: &Db) -> anyhow::Result<()> {
        match Self::listener(db).await? {
            Some(listener) => self.relay(listener).await,
            None => Ok(()),
        }
    }

    /// Begins to listen: what is told from now on is heard. `None` on SQLite.
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

    /// Passes on what `listener` hears, for ever.
    ///
    /// # Errors
    /// If the connection is cut.
    pub async fn relay(&self, mut listener: PgListener) -> anyhow::Result<()> {
        loop {
            // Nothing: the connection was cut, and another listens by now.
            let heard = match listener.try_recv().await? {
                Some(message) => match serde_json::from_str(message.payload()) {
                    Ok(arrival) => Heard::Arrival(arrival),
                    Err(_) => continue,
                },
                None => Heard::Gap,
            };
            self.heard.send(heard).ok();
        }
    }
}
