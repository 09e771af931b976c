//! The settings of the platform program: one row, with the id 1.
use sea_orm::entity::prelude::*;

use crate::columns::StripeAccountId;

/// The settings of the platform program: one row, with the id 1.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// What one referral of a partner earns; 0: the program is off.
    pub platform_credit_cents: i64,
    /// How long a referral outlives the session; 0: not at all.
    pub referral_memory_days: i64,
    /// `None`: Stripe is not connected.
    pub stripe_account_id: Option<StripeAccountId>,
    /// Counts the changes, so that the second of two admins is told.
    pub version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
