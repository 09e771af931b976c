//! A refund of a payment: ours, or made in Stripe's dashboard.
use domain::refund::{MembershipEnding, RefundStatus};
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, MemberId, PlatformPurchaseId, PurchaseId, RefundId, StripeAccountId, Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "refunds")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: RefundId,
    /// The account that took the payment, or at whose endpoint Stripe told of the refund.
    pub stripe_account_id: StripeAccountId,
    /// `re_…`; `None` until Stripe has said it, and where nothing goes back to a card. `ch_…` of a charge
    /// of which Stripe did not say what was refunded.
    pub stripe_id: Option<String>,
    /// Random, of our own refunds: part of the idempotency key, and in Stripe's metadata.
    pub token: Option<String>,
    /// The token of the form that asked for it.
    pub form_token: Option<String>,
    pub purchase_id: Option<PurchaseId>,
    pub platform_purchase_id: Option<PlatformPurchaseId>,
    /// `pi_…`: the payment.
    pub payment_intent_id: Option<String>,
    /// What goes back to the card, in the smallest units of `currency`.
    pub amount_cents: i64,
    /// Stripe's code: `usd`.
    pub currency: String,
    /// What goes back to the balance, in the purchase's currency.
    pub credit_cents: i64,
    pub status: Coded<RefundStatus, Entity>,
    /// Stripe's code for why it was refused or failed.
    pub failure: Option<String>,
    /// What was typed as the reason, of our own refunds.
    pub reason: Option<String>,
    /// Who asked for it.
    pub actor_id: Option<MemberId>,
    /// What becomes of the membership.
    pub ending: Option<Coded<MembershipEnding, Entity>>,
    /// Stripe has to be asked to end the membership.
    pub ending_due: bool,
    pub attempts: i64,
    pub key_generation: i64,
    /// Whether Stripe replays an error for the key in use.
    pub key_replays_error: bool,
    /// When the key in use was first sent.
    pub first_sent_at: Option<Timestamp>,
    pub last_sent_at: Option<Timestamp>,
    /// `stripe_accounts.version` at that time, which tells whether the secret key is still the same.
    pub stripe_account_version: Option<i64>,
    /// When it was asked for, or made at Stripe.
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
