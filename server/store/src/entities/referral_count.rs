//! The number of referrals of one day, status, kind and currency, kept by database triggers.
use sea_orm::entity::prelude::*;

use crate::columns::SiteId;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_counts")]
pub struct Model {
    /// `Program::code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub program: String,
    /// 0 for the platform program.
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: SiteId,
    /// The day on which they began: days since 1970, UTC.
    #[sea_orm(primary_key, auto_increment = false)]
    pub day: i64,
    /// `ReferralStatus::code`.
    #[sea_orm(primary_key, auto_increment = false)]
    pub status: String,
    /// `ProductKind::code` or the plan; empty before the purchase.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: String,
    /// `Currency::code`; empty without a credit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    pub referrals: i64,
    pub credit_cents: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
