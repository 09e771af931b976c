//! Whether a pooler between us and PostgreSQL hands out the same connection to several clients in
//! turn, transaction by transaction, as PgBouncer does with `pool_mode = transaction`. What belongs
//! to a connection (prepared statements, `LISTEN`) would be another client's then: statements that
//! nobody meant would run.

use anyhow::{Context, ensure};
use sqlx::{PgConnection, PgPool, Postgres, Row, Transaction};

/// What to do about it.
const SHARED: &str = "DATABASE_URL: a pooler in transaction mode is in between (PgBouncer with \
    pool_mode = transaction). Statements and notifications would go to the wrong client: give \
    the address of PostgreSQL itself, or of a PgBouncer database with pool_mode = session";
/// Clients that hold a transaction open while the first one asks again. A pooler gives the first of
/// them the connection that it used last; one that takes turns needs two.
const HOLDERS: usize = 2;

/// Makes sure that a connection stays the same from one transaction to the next.
///
/// # Errors
/// If it does not, or PostgreSQL fails.
pub async fn ensure_own_connections(pool: &PgPool) -> anyhow::Result<()> {
    const WHAT: &str = "DATABASE_URL: PostgreSQL does not answer a query";
    let mut first = pool.acquire().await.context(WHAT)?;
    let process = process_of(&mut first).await.context(WHAT)?;
    let mut held: Vec<Transaction<'_, Postgres>> = Vec::with_capacity(HOLDERS);
    for _ in 0..HOLDERS {
        let mut holder = pool.begin().await.context(WHAT)?;
        ensure!(
            process_of(&mut holder).await.context(WHAT)? != process,
            SHARED
        );
        held.push(holder);
        ensure!(
            process_of(&mut first).await.context(WHAT)? == process,
            SHARED
        );
    }
    for holder in held {
        holder.rollback().await.context(WHAT)?;
    }
    Ok(())
}

/// The process of PostgreSQL that answers. Without a prepared statement, which might be taken for
/// another client's.
async fn process_of(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()")
        .fetch_one(connection)
        .await?;
    row.try_get(0)
}
