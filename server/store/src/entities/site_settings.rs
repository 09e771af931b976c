//! What an admin sets for a site.
use domain::money::Currency;
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, SiteId};

/// What an admin sets for a site.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "site_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub site_id: SiteId,
    pub currency: Coded<Currency, Entity>,
    /// What one referral earns; 0 switches the program off.
    pub tenant_credit_cents: i64,
    /// Days that a code is remembered beyond the session; 0: not at all.
    pub referral_memory_days: i64,
    /// Counts the changes, so that the second of two admins is told.
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Whose they are.
    #[sea_orm(
        belongs_to = "super::site::Entity",
        from = "Column::SiteId",
        to = "super::site::Column::Id"
    )]
    Site,
}

impl ActiveModelBehavior for ActiveModel {}
