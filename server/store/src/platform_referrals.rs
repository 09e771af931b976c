//! Referrals of the platform program. A unique index keeps a purchase from having two.

use domain::{
    money::{Currency, Money},
    referral::{FailureReason, ReferralStatus},
    search::is_plain,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
    TryInsertResult, sea_query::Expr,
};

use super::{
    entities::{
        platform_purchase,
        platform_referral::{ActiveModel, Column, Entity, Model},
    },
    search_words::{self, Subject},
};
use crate::{
    Coded, PlatformPurchaseId, PlatformReferralId, PlatformReferrerId, Scope, Timestamp, Write,
    row_lock::RowLock,
};

/// Adds the referral of a paid subscription: Pending, or Failed with this `reason`. `false` if the
/// purchase has a referral. A conflict does not abort the caller's transaction.
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

/// Gives the referrals after this id the words of today where they differ, and returns the last one's
/// id. Reads at most `limit` referrals.
pub async fn respell(db: &impl Write, after: i64, limit: u64) -> Result<Option<i64>, DbErr> {
    let rows = Entity::find()
        .filter(Column::Id.gt(after))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    for row in &rows {
        let (email, id) = (row.customer_email.as_str(), row.id.get());
        if !is_plain(&[email]) {
            search_words::put(db, Subject::Customer, Scope::Platform, id, &[email]).await?;
        }
    }
    Ok(rows.last().map(|row| row.id.get()))
}

/// The referrals of these purchases.
pub async fn of_purchases(
    db: &impl ConnectionTrait,
    purchases: impl IntoIterator<Item = PlatformPurchaseId>,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.is_in(purchases))
        .all(db)
        .await
}

/// The address of the subscriber whom this referral is about; `None` if there is no such referral.
pub async fn customer_email(
    db: &impl ConnectionTrait,
    id: PlatformReferralId,
) -> Result<Option<String>, DbErr> {
    let row = Entity::find_by_id(id).one(db).await?;
    Ok(row.map(|row| row.customer_email))
}

/// The purchase's Pending referral, locked until the transaction ends.
pub async fn lock_pending_of(
    db: &impl Write,
    purchase_id: PlatformPurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .filter(Column::Status.eq(ReferralStatus::Pending.code()))
        .locked()
        .one(db)
        .await
}

/// The purchase's referral, locked until the transaction ends.
pub async fn lock_of(
    db: &impl Write,
    purchase_id: PlatformPurchaseId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .locked()
        .one(db)
        .await
}

/// Makes a referral Pending again, because its credit was given up before Stripe had it: what was paid
/// went back.
pub async fn set_pending(db: &impl Write, id: PlatformReferralId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(ReferralStatus::Pending.code()))
        .col_expr(Column::FailureReason, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The platform referrer's referrals, newest first.
pub async fn of_referrer(
    db: &impl ConnectionTrait,
    referrer_id: PlatformReferrerId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReferrerId.eq(referrer_id))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The platform referrer's referrals before this one, newest first.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_referrer_before(
    db: &impl ConnectionTrait,
    referrer_id: PlatformReferrerId,
    before: PlatformReferralId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReferrerId.eq(referrer_id))
        .filter(Column::Id.lt(before))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// What the platform referrer's credits add up to, in each currency, without what was taken back.
///
/// # Errors
/// If the database fails, or a currency cannot be read.
pub async fn earned(
    db: &impl ConnectionTrait,
    referrer_id: PlatformReferrerId,
) -> Result<Vec<Money>, DbErr> {
    let sums = earned_by(db, [referrer_id]).await?;
    Ok(sums.into_iter().map(|(_, sum)| sum).collect())
}

/// The same of each of these platform referrers.
///
/// # Errors
/// If the database fails, or a currency cannot be read.
pub async fn earned_by(
    db: &impl ConnectionTrait,
    referrers: impl IntoIterator<Item = PlatformReferrerId>,
) -> Result<Vec<(PlatformReferrerId, Money)>, DbErr> {
    const SUM: &str = "CAST(SUM(credit_cents - COALESCE(taken_back_cents, 0)) AS BIGINT)";
    type Sum = (
        PlatformReferrerId,
        Option<Coded<Currency, Entity>>,
        Option<i64>,
    );
    let sums: Vec<Sum> = Entity::find()
        .select_only()
        .column(Column::ReferrerId)
        .column(Column::Currency)
        .expr_as(Expr::cust(SUM), "earned")
        .filter(Column::ReferrerId.is_in(referrers))
        .filter(Column::Status.eq(ReferralStatus::Credited.code()))
        .group_by(Column::ReferrerId)
        .group_by(Column::Currency)
        .order_by_asc(Column::Currency)
        .into_tuple()
        .all(db)
        .await?;
    let sums = sums.into_iter();
    Ok(sums
        .filter_map(|(id, currency, cents)| Some((id, Money::new(cents?, *currency?))))
        .collect())
}

/// The number of referrals of each of these platform referrers in each status, as
/// `(referrer_id, status, number)`. Needs only the index.
pub async fn counts(
    db: &impl ConnectionTrait,
    referrers: impl IntoIterator<Item = PlatformReferrerId>,
) -> Result<Vec<(PlatformReferrerId, String, i64)>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::ReferrerId)
        .column(Column::Status)
        .expr_as(Expr::cust("COUNT(*)"), "referrals")
        .filter(Column::ReferrerId.is_in(referrers))
        .group_by(Column::ReferrerId)
        .group_by(Column::Status)
        .into_tuple()
        .all(db)
        .await
}
