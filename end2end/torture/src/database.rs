//! The product's database, and what the test does to it from outside.

use std::path::PathBuf;

use anyhow::Context;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};

/// Which database the product uses.
pub enum TestDatabase {
    /// A PostgreSQL server on which a database is created.
    Postgres {
        server: String,
    },
    Sqlite {
        file: PathBuf,
    },
}

const DATABASE_NAME: &str = "torture";

impl TestDatabase {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Postgres { .. } => "postgres",
            Self::Sqlite { .. } => "sqlite",
        }
    }

    /// Whether several processes can use it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// The value of `DATABASE_URL`.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres { server } => match server.rsplit_once('/') {
                Some((server, _)) => format!("{server}/{DATABASE_NAME}"),
                None => server.clone(),
            },
            Self::Sqlite { file } => format!("sqlite://{}?mode=rwc", file.display()),
        }
    }

    /// Creates an empty database.
    pub async fn create(&self) -> anyhow::Result<()> {
        if let Self::Postgres { server } = self {
            let server = Database::connect(server).await.context("--postgres")?;
            let drop = format!("DROP DATABASE IF EXISTS {DATABASE_NAME} WITH (FORCE)");
            server.execute_unprepared(&drop).await?;
            let create = format!("CREATE DATABASE {DATABASE_NAME}");
            server.execute_unprepared(&create).await?;
        }
        Ok(())
    }

    /// Terminates up to `limit` connections of the product. Returns how many there were.
    pub async fn cut_connections(&self, limit: u32) -> anyhow::Result<u64> {
        let Self::Postgres { server } = self else {
            return Ok(0);
        };
        let server = Database::connect(server).await?;
        let terminate = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = '{DATABASE_NAME}' ORDER BY random() LIMIT {limit}"
        );
        let statement = Statement::from_string(DbBackend::Postgres, terminate);
        Ok(server.query_all_raw(statement).await?.len() as u64)
    }
}

/// A connection of the test to the product's database.
pub struct Connection(DatabaseConnection);

impl Connection {
    pub async fn open(database: &TestDatabase) -> anyhow::Result<Self> {
        Ok(Self(Database::connect(database.url()).await?))
    }

    pub fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }

    /// All rows of a query, converted with `read`.
    pub async fn rows<T>(
        &self,
        sql: &str,
        read: impl Fn(&QueryResult) -> Result<T, sea_orm::DbErr>,
    ) -> anyhow::Result<Vec<T>> {
        let statement = Statement::from_string(self.0.get_database_backend(), sql);
        let rows = self.0.query_all_raw(statement).await?;
        let read: Result<Vec<T>, _> = rows.iter().map(read).collect();
        read.with_context(|| sql.to_owned())
    }

    /// The number that a counting query returns.
    pub async fn count(&self, sql: &str) -> anyhow::Result<i64> {
        let rows = self.rows(sql, |row| row.try_get_by(0)).await?;
        Ok(rows.into_iter().next().unwrap_or_default())
    }
}
