//! Makes failed credits due again, with the amount and the idempotency key that the ledger has.

use domain::{
    credit::{CreditKind, CreditState, Program},
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::Expr,
};

use super::{
    entities::credit::{Column, Entity, Model},
    referral_table::Listed,
};
use crate::{Coded, Id, Scope, SiteId, Timestamp, Write, row_lock::RowLock};

/// The scope's referral with its credit, both locked until the transaction ends. The referral is
/// locked first, in the same order as jobs lock them, so that two transactions cannot deadlock.
pub async fn lock<E: Listed>(
    db: &impl Write,
    scope: Scope,
    id: Id<E::Row>,
) -> Result<Option<(E::Model, Option<Model>)>, DbErr> {
    let referral = E::find()
        .filter(E::ID.eq(id))
        .apply_if(E::SITE, |rows, site| rows.filter(site.eq(scope.site_id())))
        .locked()
        .one(db)
        .await?;
    let Some(referral) = referral else {
        return Ok(None);
    };
    let credit = Entity::find()
        .filter(E::LEDGER.eq(id))
        .locked()
        .one(db)
        .await?;
    Ok(Some((referral, credit)))
}

/// The credits of these referrals.
pub async fn of<E: Listed>(
    db: &impl ConnectionTrait,
    ids: &[Id<E::Row>],
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(E::LEDGER.is_in(ids.iter().copied()))
        .all(db)
        .await
}

/// Failed credits of one program and one site with the same reason.
#[derive(Clone, Debug, FromQueryResult)]
pub struct FailedAlike {
    pub program: Coded<Program, Entity>,
    /// The tenant's site, or the brand's site.
    pub site_id: SiteId,
    pub failure_reason: Coded<FailureReason, Entity>,
}

/// The groups of credits that failed for one of these reasons. A group that cannot be read is an error of
/// its own, so that it holds up no other.
pub async fn failed_for(
    db: &impl ConnectionTrait,
    reasons: &[FailureReason],
) -> Result<Vec<Result<FailedAlike, DbErr>>, DbErr> {
    let reasons = reasons.iter().cloned().map(Coded::<_, Entity>::from);
    let query = Entity::find()
        .select_only()
        .columns([Column::Program, Column::SiteId, Column::FailureReason])
        .distinct()
        .filter(Column::State.eq(CreditState::Failed.code()))
        .filter(Column::Kind.eq(CreditKind::Earned.code()))
        .filter(Column::FailureReason.is_in(reasons))
        .build(db.get_database_backend());
    let rows = db.query_all_raw(query).await?;
    let read = rows
        .iter()
        .map(|row| FailedAlike::from_query_result(row, ""));
    Ok(read.collect())
}

/// The credits of such a group, those that failed earliest first.
pub async fn failed_alike(
    db: &impl ConnectionTrait,
    alike: &FailedAlike,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::State.eq(CreditState::Failed.code()))
        .filter(Column::Kind.eq(CreditKind::Earned.code()))
        .filter(Column::Program.eq(alike.program))
        .filter(Column::SiteId.eq(alike.site_id))
        .filter(Column::FailureReason.eq(alike.failure_reason.clone()))
        .order_by_asc(Column::FailedAt)
        .limit(limit)
        .all(db)
        .await
}

/// When the program's last credit was issued, on this site or in the whole platform program.
pub async fn last_issued(
    db: &impl ConnectionTrait,
    program: Program,
    scope: Scope,
) -> Result<Option<Timestamp>, DbErr> {
    let last: Option<Option<Timestamp>> = Entity::find()
        .select_only()
        .column(Column::IssuedAt)
        .filter(Column::IssuedAt.is_not_null())
        .filter(Column::Program.eq(program.code()))
        .apply_if(scope.site(), |rows, site| {
            rows.filter(Column::SiteId.eq(site))
        })
        .order_by_desc(Column::IssuedAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten())
}

/// Makes a failed credit due at `from` with this number of `attempts`, and its referral Pending. An
/// earlier request may have succeeded in spite of its last error, so a credit that was sent is
/// marked to search Stripe's balance transactions before it is posted again.
pub async fn make_due<E: Listed>(
    db: &impl Write,
    credit: &Model,
    referral_id: Id<E::Row>,
    from: Timestamp,
    attempts: i64,
) -> Result<(), DbErr> {
    let was_sent = credit.first_sent_at.is_some();
    Entity::update_many()
        .col_expr(Column::State, Expr::value(CreditState::Due.code()))
        .col_expr(Column::Attempts, Expr::value(attempts))
        .col_expr(Column::NextAttemptAt, Expr::value(from))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<Timestamp>::None))
        .col_expr(Column::FailureReason, Expr::value(Option::<String>::None))
        .col_expr(Column::FailedAt, Expr::value(Option::<Timestamp>::None))
        .col_expr(Column::KeyReplaysError, Expr::value(was_sent))
        .filter(Column::Id.eq(credit.id))
        .filter(Column::State.eq(CreditState::Failed.code()))
        .exec(db)
        .await?;
    E::update_many()
        .col_expr(E::STATUS, Expr::value(ReferralStatus::Pending.code()))
        .col_expr(E::REASON, Expr::value(Option::<String>::None))
        .filter(E::ID.eq(referral_id))
        .exec(db)
        .await
        .map(|_| ())
}
