//! The pool never gives out a connection inside a transaction: a single write on a connection from
//! the pool is committed at once.

use futures::future::try_join_all;
use sea_orm::{ConnectionTrait, EntityTrait, PaginatorTrait, Statement};
use sqlx::{Connection, PgConnection, PgPool, Postgres, pool::PoolConnection};
use store::{Db, Pool, entities::session, sessions};

use crate::support::{Database, TestApp, given_up_after, never, on_both_databases};

on_both_databases!(
    what_is_written_next_is_kept,
    however_a_transaction_ends_the_next_is_kept,
    a_row_that_is_answered_is_kept,
);

const OPEN: &str = "SELECT count(*) FROM pg_stat_activity \
    WHERE pid = ANY($1) AND state LIKE 'idle in transaction%'";

async fn what_is_written_next_is_kept(app: TestApp) {
    let db = &app.state.db;
    let beside = Db::connect(&app.state.config.database_url).await.unwrap();
    for (written, steps) in (1..).zip((1..=8).cycle().take(80)) {
        drop(given_up_after(steps, db.begin()).await);
        let id_hash = format!("written {written}");
        sessions::insert(db.writer(), unused(id_hash))
            .await
            .unwrap();
        let kept = session::Entity::find()
            .count(beside.reader())
            .await
            .unwrap();
        assert_eq!(kept, written, "given up after {steps} steps");
    }
    beside.close().await.unwrap();
}

fn unused(id_hash: String) -> session::Model {
    session::Model {
        id_hash,
        user_id: None,
        data: "{}".to_owned(),
        expires_at: never(),
    }
}

/// How a transaction can end.
#[derive(Clone, Copy, Debug)]
enum End {
    Dropped,
    RolledBack,
    /// A statement fails so badly that the database aborts the transaction.
    GivenUp,
    GivenUpThenRolledBack,
    GivenUpThenCommitted,
    /// The commit itself is refused.
    CommitRefused,
}

const ENDS: [End; 6] = [
    End::Dropped,
    End::RolledBack,
    End::GivenUp,
    End::GivenUpThenRolledBack,
    End::GivenUpThenCommitted,
    End::CommitRefused,
];

const TABLES: &str = "CREATE TABLE parents (id bigint PRIMARY KEY); \
    CREATE TABLE children (parent bigint CHECK (parent >= 0) \
    REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED); \
    INSERT INTO parents VALUES (1)";
/// SQLite rolls back the whole transaction, as it does when there is no space.
const GIVES_UP: &str = "CREATE TRIGGER gives_up BEFORE INSERT ON children WHEN NEW.parent < 0 \
    BEGIN SELECT RAISE(ROLLBACK, 'gives up'); END";

impl End {
    async fn come(self, db: &Db) {
        let tx = db.begin().await.unwrap();
        let insert = async |parent: i64| {
            let row = format!("INSERT INTO children VALUES ({parent})");
            tx.execute_unprepared(&row).await
        };
        insert(1).await.unwrap();
        match self {
            Self::Dropped | Self::RolledBack => {}
            Self::CommitRefused => drop(insert(999).await.unwrap()),
            _ => assert!(insert(-1).await.is_err()),
        }
        match self {
            Self::Dropped | Self::GivenUp => drop(tx),
            Self::RolledBack => tx.rollback().await.unwrap(),
            // The database decides whether there is still something to roll back.
            Self::GivenUpThenRolledBack => drop(tx.rollback().await),
            Self::GivenUpThenCommitted => drop(tx.commit().await),
            Self::CommitRefused => assert!(tx.commit().await.is_err()),
        }
    }
}

async fn however_a_transaction_ends_the_next_is_kept(app: TestApp) {
    let db = &app.state.db;
    db.writer().execute_unprepared(TABLES).await.unwrap();
    if let Pool::Sqlite(_) = db.pool() {
        db.writer().execute_unprepared(GIVES_UP).await.unwrap();
    }
    let beside = Db::connect(&app.state.config.database_url).await.unwrap();
    let mut written = 0;
    for first in ENDS {
        for second in ENDS {
            first.come(db).await;
            second.come(db).await;
            for in_a_transaction in [true, false, true] {
                written += 1;
                let id_hash = format!("written {written}");
                let row = sessions::insert(db.writer(), unused(id_hash.clone()));
                match in_a_transaction {
                    false => drop(row.await.unwrap()),
                    true => {
                        drop(row);
                        let tx = db.begin().await.unwrap();
                        let row = sessions::insert(&tx, unused(id_hash));
                        row.await.unwrap();
                        tx.commit().await.unwrap();
                    }
                }
                let kept = session::Entity::find()
                    .count(beside.reader())
                    .await
                    .unwrap();
                assert_eq!(kept, written, "{first:?}, then {second:?}");
            }
        }
    }
    let undone = "SELECT count(*) FROM children";
    let undone = Statement::from_string(beside.reader().get_database_backend(), undone);
    let undone = beside
        .reader()
        .query_one_raw(undone)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(undone.try_get_by_index::<i64>(0).unwrap(), 0);
    beside.close().await.unwrap();
}

/// The row exists before the commit, which is refused.
async fn a_row_that_is_answered_is_kept(app: TestApp) {
    let writer = app.state.db.writer();
    writer.execute_unprepared(TABLES).await.unwrap();
    for (parent, kept) in [(1, true), (999, false)] {
        let row = format!("INSERT INTO children VALUES ({parent}) RETURNING parent");
        let row = Statement::from_string(writer.get_database_backend(), row);
        let answered = writer.query_one_raw(row).await;
        assert_eq!(answered.is_ok(), kept, "{parent}");
    }
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
    none_is_left_open(&database, pool, async |steps| {
        drop(given_up_after(steps, db.begin()).await);
    })
    .await;
}

/// apalis opens a transaction of its own.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_queue_gives_up_a_transaction_as_it_begins() {
    let Some(database) = Database::postgres().await else {
        return;
    };
    let db = Db::connect(&database.url).await.unwrap();
    let Pool::Postgres(pool) = db.queue_pool() else {
        unreachable!("this is PostgreSQL");
    };
    none_is_left_open(&database, pool, async |steps| {
        drop(given_up_after(steps, pool.begin()).await);
    })
    .await;
}

async fn none_is_left_open(database: &Database, pool: &PgPool, give_up: impl AsyncFn(usize)) {
    let mut beside = PgConnection::connect(&database.url).await.unwrap();
    drop(all_of(pool).await);
    // The network decides whether a step ends before `BEGIN`, while it is on its way, or after it.
    for steps in (1..=5).cycle().take(100) {
        give_up(steps).await;
        let mut given_out = all_of(pool).await;
        let mut whose: Vec<i32> = Vec::new();
        for connection in &mut given_out {
            let pid = sqlx::query_scalar("SELECT pg_backend_pid()");
            whose.push(pid.fetch_one(&mut **connection).await.unwrap());
        }
        // Closed connections may take a moment to be gone.
        let open: i64 = sqlx::query_scalar(OPEN)
            .bind(whose)
            .fetch_one(&mut beside)
            .await
            .unwrap();
        assert_eq!(open, 0, "given up after {steps} steps");
        drop(given_out);
    }
}

/// All connections that the pool may have; waits for those that are being returned.
async fn all_of(pool: &PgPool) -> Vec<PoolConnection<Postgres>> {
    let all = (0..pool.options().get_max_connections()).map(|_| pool.acquire());
    try_join_all(all).await.unwrap()
}
