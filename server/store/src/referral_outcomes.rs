//! Records on a referral of either program whether its credit was issued.

use std::borrow::Cow;

use domain::{
    money::Money,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{ColumnTrait, DbErr, QueryFilter, UpdateMany, sea_query::Expr};

use super::referral_table::Listed;
use crate::{Id, Timestamp, Write, columns::TextCode, row_lock::RowLock};

pub async fn lock<E: Listed>(db: &impl Write, id: Id<E::Row>) -> Result<(), DbErr> {
    E::find()
        .filter(E::ID.eq(id))
        .locked()
        .one(db)
        .await
        .map(|_| ())
}

/// Marks the referral as Credited, because Stripe has its credit.
pub async fn set_credited<E: Listed>(
    db: &impl Write,
    id: Id<E::Row>,
    credit: Money,
    now: Timestamp,
) -> Result<(), DbErr> {
    ended::<E>(ReferralStatus::Credited, None)
        .col_expr(E::CREDIT_CENTS, Expr::value(credit.cents()))
        .col_expr(E::CURRENCY, Expr::value(credit.currency().code()))
        .col_expr(E::CREDITED_AT, Expr::value(now))
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Marks the referral as Failed.
pub async fn set_failed<E: Listed>(
    db: &impl Write,
    id: Id<E::Row>,
    reason: &FailureReason,
) -> Result<(), DbErr> {
    ended::<E>(ReferralStatus::Failed, Some(reason))
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that an admin voided a Credited referral.
pub async fn set_voided<E: Listed>(
    db: &impl Write,
    id: Id<E::Row>,
    now: Timestamp,
) -> Result<(), DbErr> {
    E::update_many()
        .col_expr(E::VOIDED_AT, Expr::value(now))
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

fn ended<E: Listed>(status: ReferralStatus, reason: Option<&FailureReason>) -> UpdateMany<E> {
    let reason = reason.map(TextCode::to_text).map(Cow::into_owned);
    E::update_many()
        .col_expr(E::STATUS, Expr::value(status.code()))
        .col_expr(E::REASON, Expr::value(reason))
}
