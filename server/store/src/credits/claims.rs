//! Who is at a due credit, and when it is somebody's turn.

use domain::credit::CreditState;
use domain::credit::{CLOCKS_APART, LONGEST_WAIT};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use time::Duration;

use super::by_id;
use crate::Write;
use crate::entities::credit::{Column, Entity, Model};
use crate::{CreditId, Timestamp};

/// Takes a due credit for one job, for `lease`; `None` if it is not due, not yet, or another job
/// is at it. A job that dies leaves it free when the lease is over.
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
        .filter(free(now, lease))
        .exec(db)
        .await?;
    if claimed.rows_affected == 0 {
        Ok(None)
    } else {
        by_id(db, id).await
    }
}

/// Due credits that no job is at for its `lease`, ready at or before `ready_by`, the longest waiting
/// first: each with the attempts it has behind it. No other column is read, so that a row that nobody can
/// read holds up no other.
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
        .filter(free(now, lease))
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Ready at or before `by`, or to wait for longer than anything does: the clock was set back since.
fn ready(by: Timestamp, now: Timestamp) -> Condition {
    let longest = LONGEST_WAIT + CLOCKS_APART;
    Condition::any()
        .add(Column::NextAttemptAt.lte(by))
        .add(Column::NextAttemptAt.gt(now + longest))
}

/// No job is at it, or it is claimed for longer than a `lease`: the clock was set back since.
fn free(now: Timestamp, lease: Duration) -> Condition {
    let longest = lease + CLOCKS_APART;
    Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lte(now))
        .add(Column::ClaimedUntil.gt(now + longest))
}

/// The row of a due credit while the job that claimed it holds it. A job that was overtaken
/// changes nothing.
pub(super) fn held(credit: &Model) -> Condition {
    let held = Condition::all()
        .add(Column::Id.eq(credit.id))
        .add(Column::State.eq(CreditState::Due.code()));
    held.add(Column::ClaimedUntil.eq(credit.claimed_until))
}
