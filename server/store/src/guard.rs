//! Keeps connections with an open transaction out of the pools. A statement that runs alone on such
//! a connection would not be committed.
//!
//! sqlx counts the transactions that it began, and reading the count is free. Two cases escape it.
//! SQLite rolls back by itself when a write fails for lack of space; the `ROLLBACK` after that
//! fails, sqlx keeps its count, and a later transaction would be a savepoint that is never
//! committed. And sqlx does not count a `BEGIN` that is canceled on its way to PostgreSQL.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use futures::{FutureExt, future::BoxFuture};
use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection, pool::PoolConnectionMetadata,
};

/// Counts the connections that were closed because their transaction could not be ended.
#[derive(Clone, Debug, Default)]
pub struct Unended(Arc<AtomicU64>);

impl Unended {
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// The type of a pool's `after_release` hook.
type AfterRelease<C> = Box<
    dyn for<'c> Fn(&'c mut C, PoolConnectionMetadata) -> BoxFuture<'c, Result<bool, sqlx::Error>>
        + Send
        + Sync,
>;

/// The hook for SQLite. A rollback may still be queued for the connection's thread, so only a count
/// of zero proves that no transaction is open. Otherwise the hook asks the thread, which needs no
/// I/O.
pub fn of_sqlite(unended: Unended) -> AfterRelease<SqliteConnection> {
    Box::new(move |connection, _| {
        if !connection.is_in_transaction() {
            return async { Ok(true) }.boxed();
        }
        let unended = unended.clone();
        async move {
            let ended = is_out_of_transaction(connection).await?;
            if !ended {
                tracing::error!(
                    "SQLite rolled back a transaction (is the disk full?): what it wrote is \
                     undone, and its connection is closed"
                );
                unended.0.fetch_add(1, Ordering::SeqCst);
            }
            Ok(ended)
        }
        .boxed()
    })
}

/// The hook for PostgreSQL pools whose `BEGIN`s are never canceled. sqlx no longer counts a
/// rollback that is on its way, and the pool waits for it.
pub fn of_postgres(
    connection: &mut PgConnection,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    let ended = !connection.is_in_transaction();
    async move { Ok(ended) }.boxed()
}

/// The hook for PostgreSQL pools whose `BEGIN`s may be canceled. It asks the server each time,
/// after the caller has its result.
pub fn of_postgres_given_up(
    connection: &mut PgConnection,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    is_out_of_transaction(connection).boxed()
}

/// Asks the database whether a transaction is open. After the empty statement that is to begin one,
/// sqlx 0.9 checks the real state: in SQLite by `sqlite3_get_autocommit`, in PostgreSQL by the
/// status in `ReadyForQuery`. `BeginFailed` therefore means that no transaction is open.
async fn is_out_of_transaction<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    match connection.begin_with(AssertSqlSafe(String::new())).await {
        Err(sqlx::Error::BeginFailed) => Ok(true),
        Ok(_) | Err(sqlx::Error::InvalidSavePointStatement) => Ok(false),
        Err(error) => Err(error),
    }
}
