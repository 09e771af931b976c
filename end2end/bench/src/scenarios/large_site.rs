//! A site after some years: many referrals, and a server for it.

use anyhow::Result;

use super::Bench;
use crate::{
    bulk_insert,
    database::{Database, DatabaseKind},
    processes::RunningServer,
};

/// The server is stopped when this is dropped.
pub struct LargeSite {
    /// The number of referrals.
    pub count: i64,
    pub database: Database,
    pub server: RunningServer,
}

impl LargeSite {
    pub async fn new(bench: &Bench, kind: DatabaseKind, count: i64) -> Result<Self> {
        let database = bench.database(kind, &format!("crowd_{count}")).await?;
        bulk_insert::insert_large_site(&database, count).await?;
        Ok(Self {
            count,
            server: bench.serve(&database).await?,
            database,
        })
    }
}
