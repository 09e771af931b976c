//! All referral codes ever assigned. Members and platform referrers share them, so codes never
//! collide.

use domain::referral::ReferralCode;
use sea_orm::{DbErr, EntityTrait, Set, sea_query::OnConflict};

use super::entities::referral_code::{ActiveModel, Column, Entity};
use crate::Write;

/// Reserves `code` for a member or platform referrer whose row is written in the same transaction;
/// `false` if it was assigned before. A conflict does not abort the caller's transaction.
pub async fn take(db: &impl Write, code: &ReferralCode) -> Result<bool, DbErr> {
    let row = ActiveModel {
        code: Set(code.as_str().to_owned()),
    };
    let inserted = Entity::insert(row)
        .on_conflict(OnConflict::column(Column::Code).do_nothing().to_owned())
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}
