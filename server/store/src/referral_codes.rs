//! Every code ever given, a member's or a partner's: the two can never collide.

use domain::referral::ReferralCode;
use sea_orm::{DbErr, EntityTrait, Set, sea_query::OnConflict};

use super::entities::referral_code::{ActiveModel, Column, Entity};
use crate::Write;

/// Takes `code` for whoever gets it in the same transaction; `false` if it was given before. Safe
/// inside a transaction.
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
