//! A membership or a plan as Stripe has it.
use domain::purchase::SubscriptionStatus;
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, PlatformPurchaseId, PurchaseId, SiteId, StripeAccountId, SubscriptionId, Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: SubscriptionId,
    /// The tenant's site, or the brand's.
    pub site_id: SiteId,
    /// The account that sold it.
    pub stripe_account_id: StripeAccountId,
    /// `sub_…`.
    pub stripe_id: String,
    /// The purchase that began it, of either program.
    pub purchase_id: Option<PurchaseId>,
    pub platform_purchase_id: Option<PlatformPurchaseId>,
    /// `cus_…`: whose portal manages it.
    pub stripe_customer_id: Option<String>,
    /// `None`, as is the rest, until Stripe has said it.
    pub status: Option<Coded<SubscriptionStatus, Entity>>,
    /// When what was paid for ends.
    pub current_period_end_at: Option<Timestamp>,
    /// It ends then.
    pub cancel_at_period_end: bool,
    /// It ends then.
    pub cancel_at: Option<Timestamp>,
    /// When somebody canceled it, though it may go on until `cancel_at`.
    pub canceled_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
    /// When Stripe last said how it stands.
    pub read_at: Option<Timestamp>,
    /// When to ask Stripe next; `None` if there is nothing to ask.
    pub check_at: Option<Timestamp>,
    /// How many times in a row Stripe did not answer.
    pub checks: i64,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
