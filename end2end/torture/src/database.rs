//! The database of a trial, and what can be done to it from outside.

use std::path::PathBuf;

use anyhow::Context;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, QueryResult, Statement};

/// Which database, and where.
pub enum Place {
    /// A server on which a database is made.
    Postgres { server: String },
    /// A file.
    Sqlite { file: PathBuf },
}

const NAME: &str = "torture";

impl Place {
    pub fn name(&self) -> &'static str {
        match self {
            Self::Postgres { .. } => "postgres",
            Self::Sqlite { .. } => "sqlite",
        }
    }

    /// Any number of processes may use it.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Postgres { .. })
    }

    /// `DATABASE_URL`.
    pub fn url(&self) -> String {
        match self {
            Self::Postgres { server } => match server.rsplit_once('/') {
                Some((server, _)) => format!("{server}/{NAME}"),
                None => server.clone(),
            },
            Self::Sqlite { file } => format!("sqlite://{}?mode=rwc", file.display()),
        }
    }

    /// Makes it, empty.
    pub async fn make(&self) -> anyhow::Result<()> {
        if let Self::Postgres { server } = self {
            let server = Database::connect(server).await.context("--postgres")?;
            let drop = format!("DROP DATABASE IF EXISTS {NAME} WITH (FORCE)");
            server.execute_unprepared(&drop).await?;
            let create = format!("CREATE DATABASE {NAME}");
            server.execute_unprepared(&create).await?;
        }
        Ok(())
    }

    /// Cuts up to `most` connections of the product; answers how many there were.
    pub async fn cut(&self, most: u32) -> anyhow::Result<u64> {
        let Self::Postgres { server } = self else {
            return Ok(0);
        };
        let server = Database::connect(server).await?;
        let cut = format!(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
             WHERE datname = '{NAME}' ORDER BY random() LIMIT {most}"
        );
        let statement = Statement::from_string(DbBackend::Postgres, cut);
        Ok(server.query_all_raw(statement).await?.len() as u64)
    }
}

/// A look at what is in it.
pub struct Look(DatabaseConnection);

impl Look {
    pub async fn at(place: &Place) -> anyhow::Result<Self> {
        Ok(Self(Database::connect(place.url()).await?))
    }

    pub fn is_postgres(&self) -> bool {
        self.0.get_database_backend() == DbBackend::Postgres
    }

    /// Every row of `sql`, as `read` understands it.
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

    /// The number that `sql` counts.
    pub async fn count(&self, sql: &str) -> anyhow::Result<i64> {
        let counted = self.rows(sql, |row| row.try_get_by(0)).await?;
        Ok(counted.into_iter().next().unwrap_or_default())
    }
}
