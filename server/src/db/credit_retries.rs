//! Giving failed credits another try: back to `due`, as if for the first time, with the amount and
//! the key that the ledger has.

use domain::{FailureReason, Program, ReferralStatus};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::Expr,
};

use super::{
    credits::state,
    entities::credit::{Column, Entity, Model},
    referral_table::Listed,
};

/// The referral of this site with its ledger row, both locked until the transaction ends: the
/// referral before its credit, as jobs lock them.
pub async fn lock<E: Listed>(
    db: &impl ConnectionTrait,
    site_id: i64,
    id: i64,
) -> Result<Option<(E::Model, Option<Model>)>, DbErr> {
    let referral = E::find()
        .filter(E::ID.eq(id))
        .apply_if(E::SITE, |rows, site| rows.filter(site.eq(site_id)))
        .lock_exclusive()
        .one(db)
        .await?;
    let Some(referral) = referral else {
        return Ok(None);
    };
    let credit = Entity::find()
        .filter(E::LEDGER.eq(id))
        .lock_exclusive()
        .one(db)
        .await?;
    Ok(Some((referral, credit)))
}

/// The ledger's rows of these referrals.
pub async fn of<E: Listed>(db: &impl ConnectionTrait, ids: &[i64]) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(E::LEDGER.is_in(ids.iter().copied()))
        .all(db)
        .await
}

/// Failed credits whose reason is one of these, those that failed first before the others.
pub async fn failed_for(
    db: &impl ConnectionTrait,
    reasons: &[FailureReason],
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let reasons = reasons.iter().map(serde_json::to_string);
    let reasons: Result<Vec<_>, _> = reasons.collect();
    let reasons = reasons.map_err(|error| DbErr::Custom(error.to_string()))?;
    Entity::find()
        .filter(Column::State.eq(state::FAILED))
        .filter(Column::FailureReason.is_in(reasons))
        .order_by_asc(Column::FailedAt)
        .limit(limit)
        .all(db)
        .await
}

/// When the last credit of the program was issued, in milliseconds: of this site, or of the platform's.
pub async fn last_issued(
    db: &impl ConnectionTrait,
    program: Program,
    site_id: Option<i64>,
) -> Result<Option<i64>, DbErr> {
    let last: Option<Option<i64>> = Entity::find()
        .select_only()
        .column(Column::IssuedAt)
        .filter(Column::IssuedAt.is_not_null())
        .filter(Column::Program.eq(program.code()))
        .apply_if(site_id, |rows, site| rows.filter(Column::SiteId.eq(site)))
        .order_by_desc(Column::IssuedAt)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(last.flatten())
}

/// Makes a failed credit due from `from_ms` on, its `attempts` counted from there, and its referral
/// Pending. What was sent before may
/// have reached Stripe in spite of what was said last, so the job looks there first.
pub async fn make_due<E: Listed>(
    db: &impl ConnectionTrait,
    credit: &Model,
    referral_id: i64,
    from_ms: i64,
    attempts: i64,
) -> Result<(), DbErr> {
    let was_sent = credit.first_sent_at.is_some();
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state::DUE))
        .col_expr(Column::Attempts, Expr::value(attempts))
        .col_expr(Column::NextAttemptAt, Expr::value(from_ms))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<i64>::None))
        .col_expr(Column::FailureReason, Expr::value(Option::<String>::None))
        .col_expr(Column::FailedAt, Expr::value(Option::<i64>::None))
        .col_expr(Column::KeyIsSpoilt, Expr::value(was_sent))
        .filter(Column::Id.eq(credit.id))
        .filter(Column::State.eq(state::FAILED))
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
