//! A credit that Stripe has not confirmed, and that another one replaces.

use domain::credit::CreditState;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::{
    CreditId, ReferralId, Write,
    entities::credit::{Column, Entity, Model},
};

/// The credit of a member's referral, unless Stripe confirmed it.
pub async fn unconfirmed_of_referral(
    db: &impl ConnectionTrait,
    referral_id: ReferralId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReferralId.eq(referral_id))
        .filter(Column::State.ne(CreditState::Issued.code()))
        .one(db)
        .await
}

/// Deletes a credit that another one replaces; `false` if Stripe confirmed it meanwhile. A job that
/// holds the deleted row can no longer record anything.
pub async fn delete_unconfirmed(db: &impl Write, id: CreditId) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(CreditState::Issued.code()))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}
