//! A partner: somebody whom an admin registered, and whose link sells subscriptions.
use sea_orm::entity::prelude::*;

use crate::columns::{PlatformReferrerId, Timestamp};

/// A partner: somebody whom an admin registered, and whose link sells subscriptions.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_referrers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PlatformReferrerId,
    /// Random; what Stripe keeps names the row by it.
    pub token: String,
    pub name: String,
    /// As typed.
    pub email: String,
    /// `Email::account`.
    pub email_account: String,
    pub code: String,
    /// From then on the code earns nothing.
    pub disabled_at: Option<Timestamp>,
    /// Counts the changes, so that the second of two admins is told.
    pub version: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
