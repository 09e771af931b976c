//! Migrations run by ten processes at once, by a process that is killed, and under processes that
//! serve already; and a process that does not serve without them.

use std::collections::HashMap;

use migration::{Migrator, MigratorTrait};
use server_core::config::Config;
use store::{Db, Pool};

use super::{program::Process, scene::until};
use crate::support::{Database, settings};

const TEN: usize = 10;

/// Runs each of these `async fn name(kind: Kind)` for SQLite and for PostgreSQL.
macro_rules! for_both_kinds {
    ($($test:ident),* $(,)?) => {
        mod on_sqlite {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(super::Kind::Sqlite).await;
                }
            )*
        }
        mod on_postgres {
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $test() {
                    super::$test(super::Kind::Postgres).await;
                }
            )*
        }
    };
}

for_both_kinds!(
    ten_at_once_make_one_shape,
    one_that_was_killed_is_done_again,
    who_serves_meanwhile_goes_on,
    what_is_not_migrated_is_not_served,
);

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

impl Kind {
    /// `None` if `SKIP_POSTGRES=1`.
    async fn empty(self) -> Option<Database> {
        match self {
            Self::Sqlite => Some(Database::empty_sqlite()),
            Self::Postgres => Database::empty_postgres().await,
        }
    }

    /// The schema that one process makes alone.
    async fn wanted(self) -> Option<Vec<String>> {
        let migrated = match self {
            Self::Sqlite => Database::sqlite().await,
            Self::Postgres => Database::postgres().await?,
        };
        Some(shape(&migrated).await)
    }
}

async fn ten_at_once_make_one_shape(kind: Kind) {
    let (Some(database), Some(wanted)) = (kind.empty().await, kind.wanted().await) else {
        return;
    };
    for before in ["empty", "migrated"] {
        ten_migrate(&settings(&database)).await;
        assert_eq!(shape(&database).await, wanted, "{before} before");
    }
}

async fn one_that_was_killed_is_done_again(kind: Kind) {
    let Some(wanted) = kind.wanted().await else {
        return;
    };
    for step in Migrator::migrations() {
        let Some(database) = kind.empty().await else {
            return;
        };
        let config = settings(&database);
        let killed = Process::start(&config, &["migrate"]);
        killed.says(step.name()).await;
        killed.kill().await;
        Process::start(&config, &["migrate"]).succeeds().await;
        assert_eq!(shape(&database).await, wanted, "{}", step.name());
    }
}

async fn who_serves_meanwhile_goes_on(kind: Kind) {
    let (Some(database), Some(wanted)) = (kind.empty().await, kind.wanted().await) else {
        return;
    };
    let config = settings(&database);
    // On SQLite, only one process serves.
    let number = if kind == Kind::Sqlite { 1 } else { TEN };
    let serving: Vec<_> = (0..number)
        .map(|_| Process::start(&config, &["serve", "--migrate"]))
        .collect();
    for process in &serving {
        process.address().await;
    }
    ten_migrate(&config).await;
    assert_eq!(shape(&database).await, wanted);
    for process in &serving {
        let url = format!("http://{}/webhooks/stripe/nobody", process.address().await);
        let answer = reqwest::Client::new().post(url).send().await.unwrap();
        assert_eq!(answer.status(), 404, "it finds the table, and nobody in it");
    }
    all_work(&database, number).await;
}

async fn what_is_not_migrated_is_not_served(kind: Kind) {
    let Some(database) = kind.empty().await else {
        return;
    };
    let config = settings(&database);
    for command in ["serve", "worker"] {
        let told = Process::start(&config, &[command]).fails().await;
        assert!(told.contains("run `server migrate`"), "{command}: {told}");
    }
    let process = Process::start(&config, &["serve", "--migrate"]);
    process.address().await;
    process.terminate();
    process.succeeds().await;
}

async fn ten_migrate(config: &Config) {
    let processes: Vec<_> = (0..TEN)
        .map(|_| Process::start(config, &["migrate"]))
        .collect();
    for process in processes {
        process.succeeds().await;
    }
}

/// Waits until this many workers stay alive, instead of being started again and again.
async fn all_work(database: &Database, number: usize) {
    const SECONDS: i64 = 2;
    let db = Db::connect(&database.url).await.unwrap();
    let mut first_seen = HashMap::new();
    until("all do jobs", async || {
        let workers = workers(&db).await;
        let alive = workers
            .into_iter()
            .filter(|(id, seen)| *seen - *first_seen.entry(id.clone()).or_insert(*seen) >= SECONDS);
        alive.count() >= number
    })
    .await;
}

/// Every worker that the queue has known, and when it last reported, in seconds.
async fn workers(db: &Db) -> Vec<(String, i64)> {
    const SQLITE: &str = "SELECT id, last_seen FROM Workers";
    const POSTGRES: &str =
        "SELECT id, CAST(extract(epoch FROM last_seen) AS bigint) FROM apalis.workers";
    let workers = match db.pool() {
        Pool::Sqlite(pool) => sqlx::query_as(SQLITE).fetch_all(pool).await,
        Pool::Postgres(pool) => sqlx::query_as(POSTGRES).fetch_all(pool).await,
    };
    workers.unwrap()
}

/// Everything that the migrations make, our own and the queue's, and which of them were applied.
async fn shape(database: &Database) -> Vec<String> {
    const SQLITE: &str = "\
        SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_schema \
        UNION ALL SELECT 'applied ' || version FROM seaql_migrations \
        UNION ALL SELECT 'applied ' || version FROM _sqlx_migrations \
        ORDER BY 1";
    const POSTGRES: &str = "\
        SELECT format('column %s.%s.%s %s %s %s', \
            table_schema, table_name, column_name, data_type, is_nullable, column_default) \
        FROM information_schema.columns WHERE table_schema IN ('public', 'apalis') \
        UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname IN ('public', 'apalis') \
        UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) \
        FROM pg_constraint WHERE connamespace IN ('public'::regnamespace, 'apalis'::regnamespace) \
        UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal \
        UNION ALL SELECT pg_get_functiondef(oid) FROM pg_proc WHERE prokind = 'f' \
        AND pronamespace IN ('public'::regnamespace, 'apalis'::regnamespace) \
        UNION ALL SELECT 'applied ' || version FROM seaql_migrations \
        UNION ALL SELECT 'applied ' || version FROM apalis._sqlx_migrations \
        ORDER BY 1";
    let db = Db::connect(&database.url).await.unwrap();
    let shape = match db.pool() {
        Pool::Sqlite(pool) => sqlx::query_scalar(SQLITE).fetch_all(pool).await,
        Pool::Postgres(pool) => sqlx::query_scalar(POSTGRES).fetch_all(pool).await,
    };
    db.close().await.unwrap();
    shape.unwrap()
}
