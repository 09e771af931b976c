//! How the credits stand that an admin retried.

use std::collections::BTreeSet;

use app::types::admin::RetryOutcome;
use domain::referral::{Retried, RetryAnswer};
use sea_orm::DbErr;
use server_core::zone::Zone;
use store::{Id, Reader, Scope, Timestamp};

use super::{retry::MOST, rows::Shown};

/// How the referrals with these ids stand `now`; `None` if none of them is in `scope`.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn read<E: Shown>(
    db: &Reader,
    scope: Scope,
    ids: &[i64],
    (zone, now): (&Zone, Timestamp),
) -> Result<Option<RetryOutcome>, DbErr> {
    let ids: BTreeSet<_> = ids.iter().copied().collect();
    if ids.is_empty() {
        return Ok(None);
    }
    let ids: Vec<_> = ids.into_iter().take(MOST).map(Id::new).collect();
    let rows = E::some(db, scope, &ids).await?;
    let pending = E::pending(db, scope, &rows, zone, now).await?;
    let retried: Vec<_> = rows
        .iter()
        .map(E::common)
        .map(|row| Retried::of(row.status, row.failure_reason, pending.get(&row.id)))
        .collect();
    Ok(RetryAnswer::of(&retried).map(|answer| RetryOutcome {
        sentence: answer.sentence,
        has_settled: answer.has_settled,
        is_over: answer.is_over,
    }))
}
