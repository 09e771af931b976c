//! Who is watching now: a notification reaches the browsers of its member as it is written.
//!
//! On PostgreSQL the news travels by `NOTIFY`, so that every process hears of it; on SQLite there
//! is one process, and it tells itself.

use app::types::Notification;
use serde::{Deserialize, Serialize};
use sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use crate::db::{Db, Pool};

const CHANNEL: &str = "pewpros_live";

/// A notification and whom it is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct News {
    /// The member's id.
    pub user_id: i64,
    /// What to show.
    pub notification: Notification,
}

/// Passes news to whoever is watching.
#[derive(Clone, Debug)]
pub struct Live(broadcast::Sender<News>);

impl Default for Live {
    fn default() -> Self {
        const WAITING: usize = 1024;
        Self(broadcast::Sender::new(WAITING))
    }
}

impl Live {
    /// Everything from now on; the caller picks what concerns it.
    pub fn watch(&self) -> broadcast::Receiver<News> {
        self.0.subscribe()
    }

    /// Tells everybody, after the notification is committed. A failure is only logged: the
    /// notification itself is safe in its table.
    pub async fn tell(&self, db: &Db, news: News) {
        let Pool::Postgres(pool) = db.pool() else {
            self.0.send(news).ok();
            return;
        };
        let Ok(payload) = serde_json::to_string(&news) else {
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
            let message = listener.recv().await?;
            if let Ok(news) = serde_json::from_str(message.payload()) {
                self.0.send(news).ok();
            }
        }
    }
}
