//! A database with the product's demo: its URL, a connection pool, and the demo's accounts.

use std::{str::FromStr, time::Duration};

use anyhow::{Context, Result};
use serde::Deserialize;
use sqlx::{
    AssertSqlSafe, Connection as _, PgConnection, PgPool, SqlitePool,
    postgres::PgPoolOptions,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum DatabaseKind {
    Sqlite,
    Postgres,
}

impl DatabaseKind {
    pub const ALL: [Self; 2] = [Self::Sqlite, Self::Postgres];

    /// The name for reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// Connections of this program with the product's settings, so that both sides of a comparison
/// write to the disk equally often.
#[derive(Clone)]
pub enum Pool {
    Sqlite(SqlitePool),
    Postgres(PgPool),
}

impl Pool {
    /// Connects to `sqlite:…` or `postgres:…`.
    ///
    /// # Errors
    /// If the connection fails.
    pub async fn connect(url: &str) -> Result<Self> {
        if !url.starts_with("sqlite:") {
            let pool = PgPoolOptions::new().max_connections(20).connect(url);
            return Ok(Self::Postgres(pool.await?));
        }
        let options = SqliteConnectOptions::from_str(url)?
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20));
        let pool = SqlitePoolOptions::new().max_connections(12);
        Ok(Self::Sqlite(pool.connect_with(options).await?))
    }
}

/// The output of `server demo --json`.
#[derive(Clone, Deserialize)]
pub struct Demo {
    sites: Vec<Site>,
    logins: Vec<Login>,
}

/// A site and its Stripe account.
#[derive(Clone, Deserialize)]
pub struct Site {
    key: String,
    /// `sk_test_…`.
    pub stripe_secret_key: String,
    /// `whsec_…`.
    pub webhook_secret: String,
    /// The account's name in the path of its webhook.
    pub account: String,
}

/// A demo account of a site.
#[derive(Clone, Deserialize)]
pub struct Login {
    site: String,
    pub email: String,
    pub password: String,
    role: String,
}

impl Demo {
    /// Parses the server's output.
    ///
    /// # Errors
    /// If it has another form, or no site.
    pub fn read(output: &str) -> Result<Self> {
        let demo: Self = serde_json::from_str(output.trim()).context("`server demo --json`")?;
        demo.site()?;
        Ok(demo)
    }

    /// The tenant's site that is measured.
    ///
    /// # Errors
    /// If the demo has none.
    pub fn site(&self) -> Result<&Site> {
        self.sites.first().context("the demo has no site")
    }

    /// A demo account on that site.
    ///
    /// # Errors
    /// If none has this role.
    pub fn login(&self, role: &str) -> Result<&Login> {
        let site = &self.site()?.key;
        let found = self.logins.iter();
        let mut found = found.filter(|login| login.site == *site && login.role == role);
        found
            .next()
            .with_context(|| format!("the demo has no {role}"))
    }
}

pub struct Database {
    pub kind: DatabaseKind,
    pub url: String,
    pub demo: Demo,
    pub pool: Pool,
}

impl Database {
    pub(crate) async fn open(kind: DatabaseKind, url: String, demo: Demo) -> Result<Self> {
        let pool = Pool::connect(&url).await?;
        Ok(Self {
            kind,
            url,
            demo,
            pool,
        })
    }

    /// Creates a database on a PostgreSQL server. Returns its URL.
    pub(crate) async fn create_database(server: &str, name: &str) -> Result<String> {
        let mut conn = PgConnection::connect(server).await?;
        let create = format!("CREATE DATABASE \"{name}\"");
        sqlx::raw_sql(AssertSqlSafe(create))
            .execute(&mut conn)
            .await?;
        let (base, _) = server.rsplit_once('/').context("a PostgreSQL address")?;
        Ok(format!("{base}/{name}"))
    }

    /// Runs statements one after the other on one connection.
    ///
    /// # Errors
    /// If one fails.
    pub async fn run(&self, statements: &[String]) -> Result<()> {
        macro_rules! run {
            ($pool:expr) => {{
                let mut conn = $pool.acquire().await?;
                for statement in statements {
                    sqlx::raw_sql(AssertSqlSafe(statement.clone()))
                        .execute(&mut *conn)
                        .await
                        .with_context(|| statement.clone())?;
                }
            }};
        }
        match &self.pool {
            Pool::Sqlite(pool) => run!(pool),
            Pool::Postgres(pool) => run!(pool),
        }
        Ok(())
    }

    /// The integers in the first column.
    ///
    /// # Errors
    /// If the statement fails or returns something else.
    pub async fn numbers(&self, statement: &str) -> Result<Vec<i64>> {
        let query = AssertSqlSafe(statement.to_owned());
        Ok(match &self.pool {
            Pool::Sqlite(pool) => sqlx::query_scalar(query).fetch_all(pool).await?,
            Pool::Postgres(pool) => sqlx::query_scalar(query).fetch_all(pool).await?,
        })
    }

    /// The integer in the first row.
    ///
    /// # Errors
    /// As [`Self::numbers`], or if there is no row.
    pub async fn number(&self, statement: &str) -> Result<i64> {
        let numbers = self.numbers(statement).await?;
        numbers
            .first()
            .copied()
            .with_context(|| format!("nothing: {statement}"))
    }

    /// The texts in the first column.
    ///
    /// # Errors
    /// If the statement fails or returns something else.
    pub async fn texts(&self, statement: &str) -> Result<Vec<String>> {
        let query = AssertSqlSafe(statement.to_owned());
        Ok(match &self.pool {
            Pool::Sqlite(pool) => sqlx::query_scalar(query).fetch_all(pool).await?,
            Pool::Postgres(pool) => sqlx::query_scalar(query).fetch_all(pool).await?,
        })
    }
}
