//! What the pool gives out is out of any transaction: what is written there by itself is committed
//! at once.

use futures::future::try_join_all;
use sea_orm::{EntityTrait, PaginatorTrait};
use server::db::{Db, Pool, entities::session, sessions};
use sqlx::{Connection, PgConnection, PgPool, Postgres, pool::PoolConnection};

use crate::support::{Database, TestApp, given_up_after, on_both_databases};

on_both_databases!(what_is_written_next_is_kept);

const OPEN: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE datname = current_database() AND state LIKE 'idle in transaction%'";

async fn what_is_written_next_is_kept(app: TestApp) {
    let db = &app.state.db;
    let beside = Db::connect(&app.state.config.database_url).await.unwrap();
    for (written, steps) in (1..).zip((1..=8).cycle().take(80)) {
        drop(given_up_after(steps, db.begin()).await);
        let id_hash = format!("written {written}");
        sessions::insert(db.writer(), id_hash, "{}".to_owned(), i64::MAX)
            .await
            .unwrap();
        let kept = session::Entity::find().count(beside.conn()).await.unwrap();
        assert_eq!(kept, written, "given up after {steps} steps");
    }
    beside.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_transaction_is_given_up_as_it_begins() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let db = Db::connect(&database.url).await.unwrap();
    let Pool::Postgres(pool) = db.pool() else {
        unreachable!("this is PostgreSQL");
    };
    let mut beside = PgConnection::connect(&database.url).await.unwrap();
    drop(all_of(pool).await);
    // Whether a step ends before `BEGIN`, with it on its way, or after it, is for the network to say.
    for steps in (1..=5).cycle().take(100) {
        drop(given_up_after(steps, pool.begin()).await);
        let given_out = all_of(pool).await;
        let open: i64 = sqlx::query_scalar(OPEN)
            .fetch_one(&mut beside)
            .await
            .unwrap();
        assert_eq!(open, 0, "given up after {steps} steps");
        drop(given_out);
    }
}

/// All connections that the pool may have: waits for those that are on their way back.
async fn all_of(pool: &PgPool) -> Vec<PoolConnection<Postgres>> {
    let all = (0..pool.options().get_max_connections()).map(|_| pool.acquire());
    try_join_all(all).await.unwrap()
}
