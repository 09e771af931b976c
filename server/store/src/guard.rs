//! What goes back to a pool is out of any transaction: what the next one writes there by itself is
//! committed at once.
//!
//! sqlx counts the transactions that it began, which costs nothing to look at. Two things escape the
//! count. SQLite rolls back by itself where a write fails for want of space; the `ROLLBACK` after it
//! fails, and sqlx goes on counting, so that a later transaction would be a savepoint that no commit
//! ends. And of a `BEGIN` that was given up on its way to PostgreSQL sqlx counts nothing.

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
    /// How many so far.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

/// For `after_release` of a pool.
type AfterRelease<C> = Box<
    dyn for<'c> Fn(&'c mut C, PoolConnectionMetadata) -> BoxFuture<'c, Result<bool, sqlx::Error>>
        + Send
        + Sync,
>;

/// For SQLite. A rollback may still be on its way to the connection's thread, so the count alone
/// speaks only if it is zero; else the thread is asked, which costs no input or output.
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

/// For PostgreSQL, where every `BEGIN` is waited for. A rollback that is on its way is not counted
/// any more, and the pool waits for it.
pub fn of_postgres(
    connection: &mut PgConnection,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    let ended = !connection.is_in_transaction();
    async move { Ok(ended) }.boxed()
}

/// For PostgreSQL, where a `BEGIN` may be given up on its way: asks each time, when nobody waits.
pub fn of_postgres_given_up(
    connection: &mut PgConnection,
    _: PoolConnectionMetadata,
) -> BoxFuture<'_, Result<bool, sqlx::Error>> {
    is_out_of_transaction(connection).boxed()
}

/// Asks the database itself. sqlx 0.9 tells of a transaction it does not count when it is to begin
/// one with an empty statement: of SQLite by `sqlite3_get_autocommit`, of PostgreSQL by the status
/// in `ReadyForQuery`.
async fn is_out_of_transaction<C: Connection>(connection: &mut C) -> Result<bool, sqlx::Error> {
    match connection.begin_with(AssertSqlSafe(String::new())).await {
        Err(sqlx::Error::BeginFailed) => Ok(true),
        Ok(_) | Err(sqlx::Error::InvalidSavePointStatement) => Ok(false),
        Err(error) => Err(error),
    }
}
