//! Referrals of members. A unique index keeps a referred member from having two.

use domain::{
    account::short_name,
    credit::ReversalCause,
    money::Currency,
    referral::{FailureReason, ReferralStatus},
    sharing::Channel,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, DerivePartialModel, EntityTrait,
    ExprTrait, FromQueryResult, PartialModelTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Set, sea_query::Expr,
};

use super::{
    entities::{
        purchase,
        referral::{ActiveModel, Column, Entity, Model},
        user,
    },
    index_hints::no_index,
    prepared::Prepared,
    users,
};
use crate::{Coded, MemberId, PurchaseId, ReferralId, SiteId, Timestamp, Write, row_lock::RowLock};

/// The part of a referral that its referrer may see.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "Entity")]
pub struct ReferredFriend {
    pub id: ReferralId,
    /// The friend.
    pub referred_id: MemberId,
    pub status: Coded<ReferralStatus, Entity>,
    /// The reason for the failure, if the referral failed.
    pub failure_reason: Option<Coded<FailureReason, Entity>>,
    /// The purchase that earned the credit, or is to.
    pub purchase_id: Option<PurchaseId>,
    /// The credit in cents, once issued.
    pub credit_cents: Option<i64>,
    /// What of it was taken back, in cents.
    pub taken_back_cents: Option<i64>,
    /// Why it was; `None` also in rows of before.
    pub taken_back_for: Option<Coded<ReversalCause, Entity>>,
    pub currency: Option<Coded<Currency, Entity>>,
    pub credited_at: Option<Timestamp>,
    /// When an admin voided it after it was credited.
    pub voided_at: Option<Timestamp>,
    /// When the referral was written.
    pub created_at: Timestamp,
    /// The referred friend.
    #[sea_orm(nested)]
    pub friend: Option<ReferredMember>,
}

impl ReferredFriend {
    /// When the friend registered: before the referral was written, if the referrer was named afterwards.
    pub fn joined_at(&self) -> Timestamp {
        let friend = self.friend.as_ref();
        friend.map_or(self.created_at, |friend| friend.created_at)
    }
}

/// A friend's full name, which pages shorten, and when they registered.
#[derive(Clone, Debug, DerivePartialModel)]
#[sea_orm(entity = "user::Entity")]
pub struct ReferredMember {
    pub first_name: String,
    pub last_name: String,
    pub created_at: Timestamp,
}

impl ReferredMember {
    /// `Jane Doe`, for the staff.
    pub fn full(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }

    /// `Jane D.`: the referrer recognizes the friend, and nobody else learns the full name.
    pub fn short(&self) -> String {
        short_name(&self.first_name, &self.last_name)
    }
}

/// Adds the Pending referral of a friend who clicked the link at `clicked_at`.
/// Stripe knows the referral by its random `token`. A restored database either has the same token
/// or does not have the referral, so a token never names two referrals.
pub async fn insert_pending(
    db: &impl Write,
    site_id: SiteId,
    token: String,
    referrer_id: MemberId,
    referred_id: MemberId,
    clicked_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let row = ActiveModel {
        site_id: Set(site_id),
        token: Set(token),
        referrer_id: Set(referrer_id),
        referred_id: Set(referred_id),
        status: Set(ReferralStatus::Pending.into()),
        clicked_at: Set(clicked_at),
        created_at: Set(now),
        ..Default::default()
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// Records on which channel the link of this member's referral came.
pub async fn set_via(
    db: &impl Write,
    site_id: SiteId,
    referred_id: MemberId,
    via: Channel,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Via, Expr::value(via.code()))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferredId.eq(referred_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The referral through which this member came.
pub async fn of_referred(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referred_id: MemberId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferredId.eq(referred_id))
        .one(db)
        .await
}

/// First and last name of whom this referral of the site is about; `None` if there is no such referral.
pub async fn name_of_referred(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    id: ReferralId,
) -> Result<Option<String>, DbErr> {
    let row = Entity::find_by_id(id).filter(Column::SiteId.eq(site_id));
    let Some(row) = row.one(db).await? else {
        return Ok(None);
    };
    let mut names = users::named(db, site_id, vec![row.referred_id]).await?;
    Ok(names.remove(&row.referred_id))
}

/// The referrals through which these members came.
pub async fn of_all_referred(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referred: impl IntoIterator<Item = MemberId>,
) -> Result<Vec<Model>, DbErr> {
    let backend = db.get_database_backend();
    all_referred(backend, site_id, referred).all(db).await
}

/// The query of [`of_all_referred`].
pub fn all_referred(
    backend: DatabaseBackend,
    site_id: SiteId,
    referred: impl IntoIterator<Item = MemberId>,
) -> Select<Entity> {
    Entity::find()
        .filter(no_index(backend, Column::SiteId, true).eq(site_id))
        .filter(Column::ReferredId.is_in(referred))
}

/// The referral through which this member came, locked until the transaction ends.
pub async fn lock_of_referred(
    db: &impl Write,
    site_id: SiteId,
    referred_id: MemberId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferredId.eq(referred_id))
        .locked()
        .one(db)
        .await
}

/// The member's referrals with the friends' names, newest first; with `before`, only older ones.
pub async fn of_referrer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
    before: Option<ReferralId>,
    limit: u64,
) -> Result<Vec<ReferredFriend>, DbErr> {
    static FIRST_PAGE: Prepared = Prepared::new();
    static LATER_PAGE: Prepared = Prepared::new();
    let (page, earlier) = match before {
        None => (&FIRST_PAGE, None),
        Some(id) => (&LATER_PAGE, Some(id.into())),
    };
    let rest = [site_id.into(), referrer_id.into(), limit.into()];
    let values = earlier.into_iter().chain(rest).collect();
    let page = page.with(db.get_database_backend(), values, || {
        let page = Entity::find()
            .apply_if(before, |referrals, id| referrals.filter(Column::Id.lt(id)))
            .left_join(user::Entity)
            .filter(Column::SiteId.eq(site_id))
            .filter(Column::ReferrerId.eq(referrer_id))
            .order_by_desc(Column::Id)
            .limit(limit);
        ReferredFriend::select_cols(page.select_only()).into_query()
    });
    ReferredFriend::find_by_statement(page).all(db).await
}

/// The member's referrals, newest first.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn rows_of_referrer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Stores which purchase earns the referral's credit.
pub async fn set_purchase(
    db: &impl Write,
    id: ReferralId,
    purchase: &purchase::Model,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PurchaseId, Expr::value(purchase.id))
        .col_expr(Column::PurchaseKind, Expr::value(purchase.kind.code()))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Makes a referral Pending again, because its credit was given up before Stripe had it: another one
/// replaces it, or its purchase was undone.
pub async fn set_pending(db: &impl Write, id: ReferralId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Status, Expr::value(ReferralStatus::Pending.code()))
        .col_expr(Column::FailureReason, Expr::value(Option::<String>::None))
        .col_expr(Column::PurchaseId, Expr::value(Option::<PurchaseId>::None))
        .col_expr(Column::PurchaseKind, Expr::value(Option::<String>::None))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}
