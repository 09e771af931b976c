//! Giving failed credits another try: back to `due`, as if for the first time, with the amount and
//! the key that the ledger has.

use domain::ReferralStatus;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::Expr,
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

/// Makes a failed credit due from `from_ms` on, and its referral Pending. What was sent before may
/// have reached Stripe in spite of what was said last, so the job looks there first.
pub async fn make_due<E: Listed>(
    db: &impl ConnectionTrait,
    credit: &Model,
    referral_id: i64,
    from_ms: i64,
) -> Result<(), DbErr> {
    let was_sent = credit.first_sent_at.is_some();
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state::DUE))
        .col_expr(Column::Attempts, Expr::value(0_i64))
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
