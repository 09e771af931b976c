//! A subscription that came through a partner's link.
use sea_orm::entity::prelude::*;

/// A subscription that came through a partner's link.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_referrals")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The brand.
    pub site_id: i64,
    pub referrer_id: i64,
    pub purchase_id: i64,
    pub customer_email: String,
    /// As the purchase has it.
    pub plan: String,
    /// `ReferralStatus::code`.
    pub status: String,
    /// `FailureReason` as JSON.
    pub failure_reason: Option<String>,
    pub credit_cents: Option<i64>,
    pub currency: Option<String>,
    pub clicked_at: Option<i64>,
    pub created_at: i64,
    pub credited_at: Option<i64>,
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
