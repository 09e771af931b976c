//! A dispute of a payment, or an inquiry about one, as Stripe has it.
use domain::refund::DisputeStatus;
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, DisputeId, PlatformPurchaseId, PurchaseId, StripeAccountId, Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "disputes")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: DisputeId,
    /// The account at whose endpoint Stripe told of it.
    pub stripe_account_id: StripeAccountId,
    /// `dp_…` or `du_…`.
    pub stripe_id: String,
    pub purchase_id: Option<PurchaseId>,
    pub platform_purchase_id: Option<PlatformPurchaseId>,
    /// `pi_…`: the payment.
    pub payment_intent_id: Option<String>,
    /// What is disputed, in the smallest units of `currency`.
    pub amount_cents: i64,
    /// Stripe's code: `usd`.
    pub currency: String,
    pub status: Coded<DisputeStatus, Entity>,
    /// Stripe's code: `fraudulent`.
    pub reason: Option<String>,
    /// When it was opened.
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
