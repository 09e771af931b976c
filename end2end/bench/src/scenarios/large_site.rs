//! A site that has been there for some years: so many referrals, and a server over them.

use anyhow::Result;

use super::Bench;
use crate::{
    bulk_insert,
    database::{Database, DatabaseKind},
    processes::RunningServer,
};

/// Ends when dropped.
pub struct LargeSite {
    /// Referrals.
    pub count: i64,
    pub database: Database,
    pub server: RunningServer,
}

impl LargeSite {
    pub async fn new(bench: &Bench, kind: DatabaseKind, count: i64) -> Result<Self> {
        let database = bench.database(kind, &format!("crowd_{count}")).await?;
        bulk_insert::large_site(&database, count).await?;
        Ok(Self {
            count,
            server: bench.serve(&database).await?,
            database,
        })
    }
}
