//! A referral of one member by another.
use domain::{
    credit::ReversalCause,
    money::Currency,
    purchase::ProductKind,
    referral::{FailureReason, ReferralStatus},
    sharing::Channel,
};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, MemberId, PurchaseId, ReferralId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referrals")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReferralId,
    pub site_id: SiteId,
    /// Random name of the row in everything that Stripe stores.
    pub token: String,
    pub referrer_id: MemberId,
    pub referred_id: MemberId,
    pub status: Coded<ReferralStatus, Entity>,
    pub failure_reason: Option<Coded<FailureReason, Entity>>,
    pub purchase_id: Option<PurchaseId>,
    /// The kind of the product in that purchase.
    pub purchase_kind: Option<Coded<ProductKind, Entity>>,
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
    /// When the friend clicked the referral link.
    pub clicked_at: Option<Timestamp>,
    /// On which channel the link came; `None` where none was clicked, and in rows older than the column.
    pub via: Option<Coded<Channel, Entity>>,
    pub created_at: Timestamp,
    pub credited_at: Option<Timestamp>,
    /// When an admin voided it after it was credited.
    pub voided_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::user::Entity",
        from = "Column::ReferredId",
        to = "super::user::Column::Id"
    )]
    Referred,
}

impl Related<super::user::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Referred.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
