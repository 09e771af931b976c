//! A database for each test, copied from one that was migrated once.

use std::{env, path::PathBuf, process, thread, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use services::migrate::migrate;
use sqlx::{Connection, Executor, PgConnection};
use store::Db;
use tempfile::TempDir;
use tokio::{sync::OnceCell, task::yield_now, time::timeout};

use super::TestApp;

/// A database that is deleted when it is dropped.
pub struct Database {
    pub url: String,
    /// Also holds the site's files.
    pub folder: TempDir,
    postgres: Option<(String, String)>,
}

impl Database {
    pub async fn sqlite() -> Self {
        static MIGRATED: OnceCell<(TempDir, PathBuf)> = OnceCell::const_new();
        let (_, migrated) = MIGRATED
            .get_or_init(|| async {
                let folder = tempfile::tempdir().unwrap();
                let path = folder.path().join("migrated.db");
                let db = Db::connect(&sqlite_url(&path)).await.unwrap();
                migrate(&db).await.unwrap();
                db.close().await.unwrap();
                (folder, path)
            })
            .await;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        std::fs::copy(migrated, &path).unwrap();
        Self {
            url: sqlite_url(&path),
            folder,
            postgres: None,
        }
    }

    /// An SQLite file that does not exist yet.
    pub fn empty_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            url: sqlite_url(&folder.path().join("test.db")),
            folder,
            postgres: None,
        }
    }

    pub async fn postgres() -> Option<Self> {
        static MIGRATED: OnceCell<String> = OnceCell::const_new();
        let server = postgres_server()?;
        let template = MIGRATED
            .get_or_init(|| async {
                let name = format!("migrated_{}", process::id());
                run(
                    &server,
                    &format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"),
                )
                .await;
                run(&server, &format!("CREATE DATABASE {name}")).await;
                let db = Db::connect(&database_url(&server, &name)).await.unwrap();
                migrate(&db).await.unwrap();
                db.close().await.unwrap();
                name
            })
            .await;
        Some(Self::create(server, &format!("TEMPLATE {template}")).await)
    }

    /// A PostgreSQL database without tables.
    pub async fn empty_postgres() -> Option<Self> {
        Some(Self::create(postgres_server()?, "").await)
    }

    /// A copy of the database as it is; nothing may be connected to it.
    pub async fn copied(&self) -> Self {
        if let Some((server, name)) = &self.postgres {
            return Self::create(server.clone(), &format!("TEMPLATE {name}")).await;
        }
        let copy = Self::empty_sqlite();
        std::fs::copy(self.file(), copy.file()).unwrap();
        copy
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join("test.db")
    }

    async fn create(server: String, like: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let unique = folder
            .path()
            .file_name()
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let unique: String = unique.bytes().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("test_{}_{unique}", process::id());
        run(&server, &format!("CREATE DATABASE {name} {like}")).await;
        let url = database_url(&server, &name);
        Self {
            url,
            folder,
            postgres: Some((server, name)),
        }
    }
}

impl TestApp {
    /// Waits until a statement waits for another transaction to end (PostgreSQL).
    pub async fn somebody_waits_for_a_transaction(&self) {
        const WAITING: &str = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'transactionid' \
                               AND datname = current_database()";
        self.until_there_is(WAITING).await;
    }

    /// Waits until a statement waits for a lock on this table (PostgreSQL).
    pub async fn somebody_waits_for(&self, table: &str) {
        let waiting = format!(
            "SELECT 1 FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        );
        self.until_there_is(&waiting).await;
    }

    async fn until_there_is(&self, row: &str) {
        const PATIENCE: Duration = Duration::from_secs(30);
        let waiting = Statement::from_string(DbBackend::Postgres, row);
        let db = self.state.db.reader();
        let somebody = async {
            while db.query_one_raw(waiting.clone()).await.unwrap().is_none() {
                yield_now().await;
            }
        };
        timeout(PATIENCE, somebody).await.unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let Some((server, name)) = self.postgres.take() else {
            return;
        };
        let drop = async move { run(&server, &format!("DROP DATABASE {name} WITH (FORCE)")).await };
        // The test's own runtime cannot block here.
        let done = thread::spawn(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(drop);
        });
        done.join().ok();
    }
}

/// The URL of a PostgreSQL server; `None` only if `SKIP_POSTGRES=1` says that there is none.
///
/// # Panics
/// If neither variable is set: a test that did nothing must not pass.
fn postgres_server() -> Option<String> {
    if let Some(url) = env::var("TEST_POSTGRES_URL")
        .ok()
        .filter(|url| !url.is_empty())
    {
        return Some(url);
    }
    let skipped = env::var("SKIP_POSTGRES").is_ok_and(|skip| skip == "1");
    assert!(
        skipped,
        "this test needs PostgreSQL: run `cargo xtask t`, which starts one, or set \
         TEST_POSTGRES_URL to a server's address, or leave these tests out with SKIP_POSTGRES=1"
    );
    None
}

fn sqlite_url(path: &std::path::Path) -> String {
    format!("sqlite://{}?mode=rwc", path.display())
}

/// The URL of another database on the same server.
fn database_url(server: &str, name: &str) -> String {
    let (server, options) = server.split_once('?').unwrap_or((server, ""));
    let start = server.find("://").map_or(0, |at| at + 3);
    let server = match server[start..].find('/') {
        Some(slash) => &server[..start + slash],
        None => server,
    };
    match options {
        "" => format!("{server}/{name}"),
        options => format!("{server}/{name}?{options}"),
    }
}

async fn run(server: &str, sql: &str) {
    let mut connection = PgConnection::connect(server).await.unwrap();
    connection
        .execute(sqlx::AssertSqlSafe(sql.to_owned()))
        .await
        .unwrap();
    connection.close().await.unwrap();
}
