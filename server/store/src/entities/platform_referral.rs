//! A subscription that came through a platform referrer's link.
use domain::{
    credit::ReversalCause,
    money::Currency,
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, PlatformPurchaseId, PlatformReferralId, PlatformReferrerId, SiteId, Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_referrals")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PlatformReferralId,
    /// The brand's site.
    pub site_id: SiteId,
    pub referrer_id: PlatformReferrerId,
    pub purchase_id: PlatformPurchaseId,
    pub customer_email: String,
    /// The purchase's plan.
    pub plan: String,
    pub status: Coded<ReferralStatus, Entity>,
    pub failure_reason: Option<Coded<FailureReason, Entity>>,
    pub credit_cents: Option<i64>,
    /// What of it was taken back, because the purchase was undone.
    pub taken_back_cents: Option<i64>,
    /// Why it was; `None` also in rows older than the column.
    pub taken_back_for: Option<Coded<ReversalCause, Entity>>,
    /// What should have been taken back besides, and was not on the balance any more.
    pub shortfall_cents: i64,
    /// Whether the ledger may not be yet what became of the purchase asks for.
    pub adjust_due: bool,
    pub currency: Option<Coded<Currency, Entity>>,
    pub clicked_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub credited_at: Option<Timestamp>,
    /// When an admin voided it after it was credited.
    pub voided_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::platform_referrer::Entity",
        from = "Column::ReferrerId",
        to = "super::platform_referrer::Column::Id"
    )]
    Referrer,
}

impl Related<super::platform_referrer::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Referrer.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
