//! The database: SQLite for one machine, PostgreSQL for many. One file of queries for each table.

use std::{str::FromStr, time::Duration};

use anyhow::Context;
use futures::FutureExt;
use sea_orm::{
    DatabaseConnection, DatabaseTransaction, DbErr, SqlErr, SqliteTransactionMode,
    SqlxPostgresConnector, SqlxSqliteConnector, TransactionOptions, TransactionTrait,
};
use sqlx::{
    Connection, PgConnection, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::time::sleep;

pub mod admins;
pub mod api_tokens;
pub mod audit_log;
pub mod checkout_sessions;
pub mod credit_retries;
pub mod credits;
pub mod entities;
pub mod idempotency_keys;
pub mod migrating;
pub mod notifications;
pub mod platform_purchases;
pub mod platform_referrals;
pub mod platform_referrers;
pub mod platform_settings;
pub mod prepared;
pub mod products;
pub mod purchases;
pub mod referral_codes;
pub mod referral_counts;
pub mod referral_outcomes;
pub mod referral_table;
pub mod referrals;
pub mod search_words;
pub mod sessions;
pub mod site_settings;
pub mod sites;
pub mod stripe_accounts;
pub mod stripe_customers;
pub mod stripe_events;
pub mod users;

/// The pool under sea-orm, for the queue and for `LISTEN`.
#[derive(Clone, Debug)]
pub enum Pool {
    /// One file, one machine.
    Sqlite(SqlitePool),
    /// A server, any number of processes.
    Postgres(PgPool),
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    conn: DatabaseConnection,
    /// Where those who write queue up. SQLite lets one write at a time, and whoever waits for it
    /// there asks again after up to 100 ms, in no order: with one connection for all of this process
    /// they take turns without a pause. On PostgreSQL the same connections as `conn`.
    writer: DatabaseConnection,
    pool: Pool,
}

impl Db {
    /// Connects to `url` (`sqlite:…` or `postgres:…`).
    ///
    /// # Errors
    /// If the address is of neither kind, or nothing answers there.
    pub async fn connect(url: &str) -> anyhow::Result<Self> {
        if url.starts_with("sqlite:") {
            Self::connect_sqlite(url).await
        } else {
            Self::connect_postgres(url).await
        }
    }

    async fn connect_sqlite(url: &str) -> anyhow::Result<Self> {
        let options = SqliteConnectOptions::from_str(url)
            .context("DATABASE_URL: write sqlite://path/to/file.db?mode=rwc")?
            .journal_mode(SqliteJournalMode::Wal)
            // Money survives a power cut: WAL with NORMAL may lose the last commits.
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20));
        const WHAT: &str = "DATABASE_URL: the SQLite file cannot be opened";
        let writer = open(&options, 1).await.context(WHAT)?;
        let readers = open(&options, 12).await.context(WHAT)?;
        Ok(Self {
            conn: SqlxSqliteConnector::from_sqlx_sqlite_pool(readers),
            writer: SqlxSqliteConnector::from_sqlx_sqlite_pool(writer.clone()),
            pool: Pool::Sqlite(writer),
        })
    }

    async fn connect_postgres(url: &str) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(20)
            .acquire_timeout(Duration::from_secs(10))
            .test_before_acquire(false)
            .before_acquire(|connection, _| out_of_transaction(connection).boxed())
            .connect(url)
            .await
            .context("DATABASE_URL: PostgreSQL cannot be reached")?;
        let conn = SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone());
        Ok(Self {
            writer: conn.clone(),
            conn,
            pool: Pool::Postgres(pool),
        })
    }

    /// For queries outside a transaction.
    pub fn conn(&self) -> &DatabaseConnection {
        &self.conn
    }

    /// For a statement outside a transaction that writes, and is to take its turn with the
    /// transactions of this process.
    pub fn writer(&self) -> &DatabaseConnection {
        &self.writer
    }

    /// The pool under it; on SQLite the one of those who write.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Waits until what is under way has ended and lets go of every connection. A SQLite file is
    /// whole by itself then, without its write-ahead log.
    ///
    /// # Errors
    /// If a connection cannot be closed.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.conn.close_by_ref().await?;
        self.writer.close_by_ref().await
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once, so that it
    /// waits its turn instead of failing half-way; within it, nothing may write by another way.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        self.writer.begin_with_options(options).await
    }
}

/// Whether the pool may give this connection out: one that answers may, and no transaction is open
/// on it then. Of a `BEGIN` that was given up on its way, since a browser hung up or a worker
/// stopped, sqlx 0.9.0 knows nothing when PostgreSQL does it; what others wrote there would never be
/// committed. sqlx finds such a transaction if it is to begin one with an empty statement, which
/// costs the round trip of the test that the pool makes otherwise.
async fn out_of_transaction(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    match connection.begin_with("").await {
        Err(sqlx::Error::BeginFailed) => Ok(true),
        Ok(left_open) => left_open.rollback().await.map(|()| true),
        Err(error) => {
            tracing::info!(%error, "PostgreSQL hung up; the pool connects again");
            Ok(false)
        }
    }
}

/// Opens the file, for as long as it takes to wait for any other lock. Of processes that open a new
/// one at once the first gives it its write-ahead log, and SQLite refuses the others meanwhile,
/// whatever their `busy_timeout`.
async fn open(options: &SqliteConnectOptions, connections: u32) -> Result<SqlitePool, sqlx::Error> {
    const PAUSE: Duration = Duration::from_millis(20);
    let mut tries = 1_000;
    loop {
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            // Each keeps 2 MB of pages.
            .idle_timeout(Duration::from_secs(10))
            // A file does not hang up.
            .test_before_acquire(false);
        match pool.connect_with(options.clone()).await {
            Err(error) if tries > 0 && is_busy(&error) => {
                tries -= 1;
                sleep(PAUSE).await;
            }
            opened => return opened,
        }
    }
}

/// `SQLITE_BUSY`, or one of its extended codes.
fn is_busy(error: &sqlx::Error) -> bool {
    const BUSY: i32 = 5;
    let code = error.as_database_error().and_then(|error| error.code());
    code.and_then(|code| code.parse::<i32>().ok())
        .is_some_and(|code| code & 0xff == BUSY)
}

/// The write was refused because a row with this unique value exists.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
