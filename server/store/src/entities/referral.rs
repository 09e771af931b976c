//! One member referred by another.
use sea_orm::entity::prelude::*;

/// One member referred by another.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referrals")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub site_id: i64,
    /// Random; what Stripe keeps names the row by it.
    pub token: String,
    pub referrer_id: i64,
    pub referred_id: i64,
    /// `ReferralStatus::code`.
    pub status: String,
    /// `FailureReason` as JSON.
    pub failure_reason: Option<String>,
    pub purchase_id: Option<i64>,
    /// `ProductKind::code` of that purchase.
    pub purchase_kind: Option<String>,
    pub credit_cents: Option<i64>,
    pub currency: Option<String>,
    /// When the friend clicked the link.
    pub clicked_at: Option<i64>,
    pub created_at: i64,
    pub credited_at: Option<i64>,
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
