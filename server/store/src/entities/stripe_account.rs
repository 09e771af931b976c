//! A Stripe account with its secrets, sealed.
use sea_orm::entity::prelude::*;

use crate::columns::{SiteId, StripeAccountId, Timestamp};

/// A Stripe account with its secrets, sealed.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_accounts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: StripeAccountId,
    /// Random; the end of the webhook address.
    pub public_id: String,
    pub secret_key_sealed: String,
    pub secret_key_last4: String,
    /// A sealed JSON list: several while one is rotated.
    pub webhook_secrets_sealed: String,
    pub livemode: bool,
    /// The tenant whose account it is; `None` for the platform's.
    pub site_id: Option<SiteId>,
    /// `acct_…`, as Stripe told it; `None` until it did.
    pub stripe_account: Option<String>,
    /// The platform's own: its events sell subscriptions, and no tenant's ever do.
    pub platform: bool,
    /// Counts the changes, so that the second of two admins is told.
    pub version: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
