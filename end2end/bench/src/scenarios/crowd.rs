//! A site that has been there for some years: so many referrals, and a server over them.

use anyhow::Result;

use super::Bench;
use crate::{
    fill,
    programs::Running,
    store::{Kind, Store},
};

/// Ends when dropped.
pub struct Crowd {
    /// Referrals.
    pub count: i64,
    pub store: Store,
    pub server: Running,
}

impl Crowd {
    pub async fn new(bench: &Bench, kind: Kind, count: i64) -> Result<Self> {
        let store = bench.store(kind, &format!("crowd_{count}")).await?;
        fill::crowd(&store, count).await?;
        Ok(Self {
            count,
            server: bench.serve(&store).await?,
            store,
        })
    }
}
