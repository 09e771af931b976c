//! Detects a connection pooler in transaction mode between us and PostgreSQL (PgBouncer with
//! `pool_mode = transaction`). Such a pooler lends one connection to several clients in turn, so
//! prepared statements and `LISTEN` would reach another client, and wrong statements would run.

use anyhow::{Context, ensure};
use sqlx::{PgConnection, PgPool, Postgres, Row, Transaction};

/// The error message with the remedy.
const SHARED: &str = "DATABASE_URL: a pooler in transaction mode is in between (PgBouncer with \
    pool_mode = transaction). Statements and notifications would go to the wrong client: give \
    the address of PostgreSQL itself, or of a PgBouncer database with pool_mode = session";
/// How many clients hold a transaction open while the first one asks again. A pooler first lends
/// the connection that it used last, so detecting one that takes turns needs two clients.
const HOLDERS: usize = 2;

/// Checks that a connection stays the same from one transaction to the next.
///
/// # Errors
/// Fails if it does not, or if PostgreSQL fails.
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

/// The id of the PostgreSQL process that answers. A raw query avoids a prepared statement, which
/// could belong to another client.
async fn process_of(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    let row = sqlx::raw_sql("SELECT pg_backend_pid()")
        .fetch_one(connection)
        .await?;
    row.try_get(0)
}
