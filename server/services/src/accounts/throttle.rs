//! Counts attempts in the database, for all processes together.

use domain::account::Throttle;
use store::throttles;
use time::Duration;

use crate::Engine;

/// One limit under which an attempt counts.
pub struct Limit {
    key_hash: String,
    throttle: Throttle,
    /// An attempt that is forgiven takes the ones before it along.
    is_forgiving: bool,
}

impl Limit {
    /// The limit that has this name.
    pub fn new(engine: &Engine, name: &str, (throttle, is_forgiving): (Throttle, bool)) -> Self {
        Self {
            key_hash: engine.sealer.fingerprint("throttle", name.as_bytes()),
            throttle,
            is_forgiving,
        }
    }
}

/// Counts an attempt under all of these limits, or, if one refuses it, under none; then returns how long
/// to wait.
///
/// # Errors
/// If the database fails.
pub async fn count(engine: &Engine, limits: &[Limit]) -> anyhow::Result<Result<(), Duration>> {
    let (tx, now) = (engine.db.begin().await?, engine.now());
    for limit in limits {
        let used_until = throttles::lock(&tx, &limit.key_hash, now).await?;
        match limit.throttle.count(used_until - now) {
            Ok(used) => throttles::set(&tx, &limit.key_hash, now + used).await?,
            Err(wait) => return Ok(Err(wait)),
        }
    }
    tx.commit().await?;
    Ok(Ok(()))
}

/// Takes back an attempt that was counted, and where the limit is forgiving, the ones before it.
///
/// # Errors
/// If the database fails.
pub async fn forgive(engine: &Engine, limits: &[Limit]) -> anyhow::Result<()> {
    take_back_if(engine, limits, |limit| limit.is_forgiving).await
}

/// Takes back an attempt that was counted, and none before it.
///
/// # Errors
/// If the database fails.
pub async fn take_back(engine: &Engine, limits: &[Limit]) -> anyhow::Result<()> {
    take_back_if(engine, limits, |_| false).await
}

async fn take_back_if(
    engine: &Engine,
    limits: &[Limit],
    with_all_before: impl Fn(&Limit) -> bool,
) -> anyhow::Result<()> {
    let (tx, now) = (engine.db.begin().await?, engine.now());
    for limit in limits {
        if with_all_before(limit) {
            throttles::forget(&tx, &limit.key_hash).await?;
            continue;
        }
        let used_until = throttles::lock(&tx, &limit.key_hash, now).await?;
        let used = limit.throttle.take_back(used_until - now);
        throttles::set(&tx, &limit.key_hash, now + used).await?;
    }
    Ok(tx.commit().await?)
}
