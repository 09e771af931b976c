//! A platform referrer: a person whom an admin registered and whose link sells subscriptions.
use sea_orm::entity::prelude::*;

use crate::columns::{PlatformReferrerId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_referrers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PlatformReferrerId,
    /// Random name of the row in everything that Stripe stores.
    pub token: String,
    pub name: String,
    /// As typed.
    pub email: String,
    /// `Email::account`; unique.
    pub email_account: String,
    /// `Email::key`; unique. `None` until an earlier row got it, or if another one had it then.
    pub email_key: Option<String>,
    /// Whether another platform referrer's address had the key.
    pub email_alike: bool,
    pub code: String,
    /// From this time on the code earns no credits.
    pub disabled_at: Option<Timestamp>,
    /// Counts changes, so that the later of two admins' concurrent saves is refused.
    pub version: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
