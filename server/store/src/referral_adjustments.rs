//! What was taken back of the credits of referrals, of either program, and which of them have to be
//! compared with what became of their purchases.

use domain::credit::ReversalCause;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};

use super::{
    credits::Earned,
    entities::{platform_referral, referral},
    referral_table::Listed,
};
use crate::{
    Id, MemberId, PlatformPurchaseId, PlatformReferralId, PurchaseId, ReferralId, Write,
    row_lock::RowLock,
};

/// The referral, locked until the transaction ends.
pub async fn lock<E: Listed>(db: &impl Write, id: Id<E::Row>) -> Result<Option<E::Model>, DbErr> {
    E::find().filter(E::ID.eq(id)).locked().one(db).await
}

/// What was taken back of a credit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TakenBack {
    /// In cents, or on its way; `None` if nothing was ever asked back, or all of it is restored.
    pub cents: Option<i64>,
    pub shortfall_cents: i64,
    pub cause: Option<ReversalCause>,
}

/// Stores what was taken back.
pub async fn set_taken<E: Listed>(
    db: &impl Write,
    id: Id<E::Row>,
    taken: TakenBack,
) -> Result<(), DbErr> {
    E::update_many()
        .col_expr(E::TAKEN_BACK, Expr::value(taken.cents))
        .col_expr(E::SHORTFALL, Expr::value(taken.shortfall_cents))
        .col_expr(
            E::TAKEN_BACK_FOR,
            Expr::value(taken.cause.map(ReversalCause::code)),
        )
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Stores whether the ledger has to be compared again.
pub async fn set_due<E: Listed>(db: &impl Write, id: Id<E::Row>, due: bool) -> Result<(), DbErr> {
    E::update_many()
        .col_expr(E::ADJUST_DUE, Expr::value(due))
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The referrals whose ledger has to be compared, at most `limit`.
pub async fn due<E: Listed>(
    db: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<Id<E::Row>>, DbErr> {
    E::find()
        .select_only()
        .column(E::ID)
        // Written out, because SQLite uses a partial index only for a condition without parameters.
        .filter(Expr::cust("adjust_due"))
        .order_by_asc(E::ID)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// The member's referrals of whose credit less was there than should have been taken back, oldest first,
/// locked until the transaction ends.
pub async fn lock_short(
    db: &impl Write,
    referrer: MemberId,
) -> Result<Vec<referral::Model>, DbErr> {
    referral::Entity::find()
        .filter(referral::Column::ReferrerId.eq(referrer))
        .filter(Expr::cust("shortfall_cents > 0"))
        .order_by_asc(referral::Column::Id)
        .locked()
        .all(db)
        .await
}

/// The purchase that earned the credit of a member's referral.
pub async fn purchase_of(
    db: &impl ConnectionTrait,
    id: ReferralId,
) -> Result<Option<PurchaseId>, DbErr> {
    let purchase: Option<Option<PurchaseId>> = referral::Entity::find_by_id(id)
        .select_only()
        .column(referral::Column::PurchaseId)
        .into_tuple()
        .one(db)
        .await?;
    Ok(purchase.flatten())
}

/// The subscription of a platform referral.
pub async fn platform_purchase_of(
    db: &impl ConnectionTrait,
    id: PlatformReferralId,
) -> Result<Option<PlatformPurchaseId>, DbErr> {
    platform_referral::Entity::find_by_id(id)
        .select_only()
        .column(platform_referral::Column::PurchaseId)
        .into_tuple()
        .one(db)
        .await
}

/// A member's referral, as what earned its credit, if its ledger has to be compared.
pub async fn earned_if_due(
    db: &impl ConnectionTrait,
    id: ReferralId,
) -> Result<Option<Earned>, DbErr> {
    let row = referral::Entity::find_by_id(id).one(db).await?;
    let row = row.filter(|row| row.adjust_due);
    Ok(row.map(|row| Earned::Tenant {
        referral_id: row.id,
        beneficiary_id: row.referrer_id,
    }))
}

/// The same of a platform referral.
pub async fn platform_earned_if_due(
    db: &impl ConnectionTrait,
    id: PlatformReferralId,
) -> Result<Option<Earned>, DbErr> {
    let row = platform_referral::Entity::find_by_id(id).one(db).await?;
    let row = row.filter(|row| row.adjust_due);
    Ok(row.map(|row| Earned::Platform {
        referral_id: row.id,
        referrer_id: row.referrer_id,
    }))
}
