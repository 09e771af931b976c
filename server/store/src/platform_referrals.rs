//! Subscriptions that came through a partner's link. One for each purchase, by the database.

use crate::PlatformPurchaseId;
use domain::referral::{FailureReason, ReferralStatus};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, Set,
    TryInsertResult, sea_query::Expr,
};

use super::{
    entities::{
        platform_purchase,
        platform_referral::{ActiveModel, Column, Entity, Model},
    },
    search_words::{self, Subject},
};
use crate::{PlatformReferrerId, Timestamp};
use crate::{Scope, Write};

/// A subscription that `referrer_id` brought is paid: Pending, or Failed for this `reason`. `false`
/// if the purchase has a referral already. Safe inside a transaction.
pub async fn insert(
    db: &impl Write,
    purchase: &platform_purchase::Model,
    referrer_id: PlatformReferrerId,
    reason: Option<&FailureReason>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let status = match reason {
        None => ReferralStatus::Pending,
        Some(_) => ReferralStatus::Failed,
    };
    let row = ActiveModel {
        site_id: Set(purchase.site_id),
        referrer_id: Set(referrer_id),
        purchase_id: Set(purchase.id),
        customer_email: Set(purchase.customer_email.clone().unwrap_or_default()),
        plan: Set(purchase.plan.clone()),
        status: Set(status.into()),
        failure_reason: Set(reason.cloned().map(Into::into)),
        clicked_at: Set(purchase.clicked_at),
        created_at: Set(now),
        ..Default::default()
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::PurchaseId])
        .exec(db)
        .await?;
    let TryInsertResult::Inserted(inserted) = inserted else {
        return Ok(false);
    };
    let email = purchase.customer_email.as_deref().unwrap_or_default();
    let id = inserted.last_insert_id;
    search_words::put(db, Subject::Customer, Scope::Platform, id.get(), &[email]).await?;
    Ok(true)
}

/// The Pending referral of this purchase, locked until the transaction ends.
pub async fn lock_pending_of(
    db: &impl Write,
    purchase_id: PlatformPurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .filter(Column::Status.eq(ReferralStatus::Pending.code()))
        .lock_exclusive()
        .one(db)
        .await
}

/// How many referrals each partner has in each status, from the index alone:
/// `(referrer_id, status, number)`.
pub async fn counts(
    db: &impl ConnectionTrait,
) -> Result<Vec<(PlatformReferrerId, String, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::ReferrerId)
        .column(Column::Status)
        .expr_as(Expr::cust("COUNT(*)"), "referrals")
        .group_by(Column::ReferrerId)
        .group_by(Column::Status)
        .into_tuple()
        .all(db)
        .await
}
