//! Opens the database: creates the pools and sets up each connection.

use std::{
    fs::OpenOptions,
    io::{self, ErrorKind},
    os::unix::fs::OpenOptionsExt,
    path::Path,
    str::FromStr,
    time::Duration,
};

use anyhow::Context;
use futures::FutureExt;
use sea_orm::{SqlxPostgresConnector, SqlxSqliteConnector};
use sqlx::{
    Connection, PgConnection, SqlitePool,
    pool::PoolConnectionMetadata,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::sleep;

use super::{Db, Pool, Reader, Writer, guard, pooler};

/// How many connections one process opens to PostgreSQL if nothing else is said, for pages and jobs; and for the
/// queue.
const CONNECTIONS: u32 = 16;
const QUEUE_CONNECTIONS: u32 = 4;

impl Db {
    /// Connects to `url` (`sqlite:…` or `postgres:…`).
    ///
    /// # Errors
    /// Fails if the URL is of neither kind, or if the database cannot be opened or does not answer.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        Self::connect_with(url, CONNECTIONS).await
    }

    /// The same, with at most this many connections to PostgreSQL for pages and jobs.
    ///
    /// # Errors
    /// As [`Db::connect`].
    pub async fn connect_with(url: &str, connections: u32) -> anyhow::Result<Self> {
        match url.starts_with("sqlite:") {
            true => Self::connect_sqlite(url).await,
            false => Self::connect_postgres(url, connections).await,
        }
    }

    async fn connect_sqlite(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .context("DATABASE_URL: write sqlite://path/to/file.db?mode=rwc")?
            .journal_mode(SqliteJournalMode::Wal)
            // Money must survive a power cut, and WAL with NORMAL may lose the last commits.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20));
        const WHAT: &str = "DATABASE_URL: the SQLite file cannot be opened";
        let file = options.get_filename().to_owned();
        if url.contains("mode=rwc") {
            create_private(&file).context(WHAT)?;
        }
        let unended = guard::Unended::default();
        let writer = open(&options, 1, &unended).await.context(WHAT)?;
        let readers = open(&options, 12, &unended).await.context(WHAT)?;
        Ok(Self {
            reader: Reader(SqlxSqliteConnector::from_sqlx_sqlite_pool(readers)),
            writer: Writer(SqlxSqliteConnector::from_sqlx_sqlite_pool(writer.clone())),
            pool: Pool::Sqlite(writer.clone()),
            queue_pool: Pool::Sqlite(writer),
            file: Some(file),
            unended,
        })
    }

    async fn connect_postgres(url: &str, connections: u32) -> anyhow::Result<Self> {
        const WHAT: &str = "DATABASE_URL: PostgreSQL cannot be reached";
        let options = |connections| {
            PgPoolOptions::new()
                .max_connections(connections)
                .acquire_timeout(Duration::from_secs(10))
                // A connection is tested when it returns, but PostgreSQL may close it while it is
                // idle.
                .test_before_acquire(false)
                .before_acquire(|connection, used| answers(connection, used).boxed())
        };
        let pool = options(connections)
            .after_release(guard::of_postgres)
            .connect(url)
            .await
            .context(WHAT)?;
        pooler::ensure_own_connections(&pool).await?;
        let queue_pool = options(QUEUE_CONNECTIONS)
            .after_release(guard::of_postgres_given_up)
            .connect_lazy(url)
            .context(WHAT)?;
        let conn = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Self {
            writer: Writer(conn.clone()),
            reader: Reader(conn),
            pool: Pool::Postgres(pool),
            queue_pool: Pool::Postgres(queue_pool),
            file: None,
            unended: guard::Unended::default(),
        })
    }
}

/// Whether a connection to PostgreSQL still answers. One that was used within the last second is
/// not tested, because its return to the pool was a test.
async fn answers(
    connection: &mut PgConnection,
    used: PoolConnectionMetadata,
) -> Result<bool, sqlx::Error> {
    const A_MOMENT: Duration = Duration::from_secs(1);
    if used.idle_for < A_MOMENT {
        return Ok(true);
    }
    let answered = connection.ping().await;
    if let Err(error) = &answered {
        tracing::info!(%error, "PostgreSQL closed a connection; the pool reconnects");
    }
    Ok(answered.is_ok())
}

/// Creates the file if it is missing, readable only by its owner. SQLite gives the write-ahead log
/// the same permissions.
///
/// # Errors
/// Fails if the folder is missing or not writable.
fn create_private(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    match options.write(true).create_new(true).mode(0o600).open(file) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        made => made.map(|_| ()),
    }
}

/// Opens the pool and retries while the file is busy. When several processes open a new file at
/// once, the first one switches it to a write-ahead log, and SQLite refuses the others meanwhile,
/// whatever their `busy_timeout`.
async fn open(
    options: &SqliteConnectOptions,
    connections: u32,
    unended: &guard::Unended,
) -> Result<SqlitePool, sqlx::Error> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut tries = 1_000;
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            // Each connection caches 2 MB of pages.
            .idle_timeout(Duration::from_secs(10))
            // A file does not close connections.
            .test_before_acquire(false)
            .after_release(guard::of_sqlite(unended.clone()));
        match pool.connect_with(options.clone()).await {
            Err(error) if tries > 0 && is_busy(&error) => {
                tries -= 1;
                sleep(PAUSE).await;
            }
            opened => return opened,
        }
    }
}

/// Whether the error is `SQLITE_BUSY` or one of its extended codes.
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<i32>().ok())
        .is_some_and(|code| code & 0xff == BUSY)
}
