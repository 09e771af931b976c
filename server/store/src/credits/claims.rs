//! Claims due credits for jobs, so that only one job at a time works on a credit.

use domain::credit::{CreditState, MAX_BACKOFF, MAX_CLOCK_SKEW};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use time::Duration;

use super::{by_id, reviews::not_waiting};
use crate::{
    CreditId, Timestamp, Write,
    entities::credit::{Column, Entity, Model},
};

/// Claims a due credit for one job for the time of `lease`. `None` if it is not due, is on hold, under
/// review or frozen, must still wait, or another job holds it. If a job dies, its claim ends with the lease.
pub async fn claim(
    db: &impl Write,
    id: CreditId,
    now: Timestamp,
    lease: Duration,
) -> Result<Option<Model>, DbErr> {
    let until = now + lease;
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(CreditState::Due.code()))
        .filter(ready(now, now))
        .filter(off_hold(now))
        .filter(not_frozen())
        .filter(not_waiting())
        .filter(free(now, lease));
    if db.support_returning() {
        let claimed = claimed.exec_with_returning(db).await?;
        return Ok(claimed.into_iter().next());
    }
    match claimed.exec(db).await?.rows_affected {
        0 => Ok(None),
        _ => by_id(db, id).await,
    }
}

/// Due credits that no job holds and whose next attempt was at or before `ready_by`, those that
/// wait longest first, each with its number of attempts. No other column is read, so that one
/// unreadable row holds up no other.
pub async fn overdue(
    db: &impl ConnectionTrait,
    ready_by: Timestamp,
    now: Timestamp,
    lease: Duration,
    limit: u64,
) -> Result<Vec<(CreditId, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::Attempts])
        .filter(Column::State.eq(CreditState::Due.code()))
        .filter(ready(ready_by, now))
        .filter(off_hold(now))
        .filter(not_frozen())
        .filter(not_waiting())
        .filter(free(now, lease))
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Due by `by`. A due time beyond the longest backoff means that the clock was set back since, so
/// the credit counts as due.
fn ready(by: Timestamp, now: Timestamp) -> Condition {
    let longest = MAX_BACKOFF + MAX_CLOCK_SKEW;
    Condition::any()
        .add(Column::NextAttemptAt.lte(by))
        .add(Column::NextAttemptAt.gt(now + longest))
}

/// Not on hold (`docs/rules.md` 130). A clock that was set back makes a hold longer and never shorter, as
/// `domain::credit::is_on_hold` says.
fn off_hold(now: Timestamp) -> Condition {
    Condition::any()
        .add(Column::HeldUntil.is_null())
        .add(Column::HeldUntil.lte(now))
}

/// Not frozen (`docs/rules.md` 122). What Stripe was asked for is not: what it has is to be known first.
pub(super) fn not_frozen() -> Condition {
    Condition::any()
        .add(Column::FrozenAt.is_null())
        .add(Column::FirstSentAt.is_not_null())
}

/// Claimed by no job. A claim that ends later than a `lease` can means that the clock was set back
/// since, so the credit counts as free.
fn free(now: Timestamp, lease: Duration) -> Condition {
    let longest = lease + MAX_CLOCK_SKEW;
    Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lte(now))
        .add(Column::ClaimedUntil.gt(now + longest))
}

/// Matches the row of a due credit only while the job that claimed it still holds it. A job whose
/// claim was taken over changes nothing.
pub(super) fn held(credit: &Model) -> Condition {
    let held = Condition::all()
        .add(Column::Id.eq(credit.id))
        .add(Column::State.eq(CreditState::Due.code()));
    held.add(Column::ClaimedUntil.eq(credit.claimed_until))
}
