//! A subscription to PewPros or CoachPros, as Stripe reported it.
use domain::{
    credit::NoCredit,
    money::Currency,
    purchase::{CreditCheck, PurchaseState},
    refund::DisputeState,
};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, PlatformPurchaseId, SiteId, StripeAccountId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_purchases")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PlatformPurchaseId,
    /// The brand's site.
    pub site_id: SiteId,
    /// `Plan::code`, or other text from the session's metadata.
    pub plan: String,
    pub currency: Coded<Currency, Entity>,
    pub customer_email: Option<String>,
    /// Stripe's total before the customer balance.
    pub paid_cents: Option<i64>,
    /// Stripe's total if it was paid in another currency, in the smallest units of
    /// `foreign_currency`. `paid_cents` is then unknown.
    pub foreign_amount: Option<i64>,
    /// Stripe's code of that currency.
    pub foreign_currency: Option<String>,
    pub state: Coded<PurchaseState, Entity>,
    /// The referral code in the session's metadata.
    pub code: Option<String>,
    /// When the buyer clicked the referral link.
    pub clicked_at: Option<Timestamp>,
    pub stripe_account_id: StripeAccountId,
    /// Whether it was made in live mode.
    pub livemode: Option<bool>,
    pub checkout_session_id: String,
    pub subscription_id: Option<String>,
    /// `in_…`: the first invoice, which leads to the payment.
    pub invoice_id: Option<String>,
    pub payment_intent_id: Option<String>,
    /// The money that went back, in the smallest units of the currency that was charged.
    pub refunded_cents: i64,
    /// Money of refunds that are on their way.
    pub refund_pending_cents: i64,
    /// What disputes of the payment mean for it.
    pub dispute: Option<Coded<DisputeState, Entity>>,
    /// When to ask Stripe about the payment and its refunds; `None` if there is nothing to ask.
    pub refund_check_at: Option<Timestamp>,
    /// How many looks in a row told nothing new.
    pub refund_checks: i64,
    /// Whether Stripe said that something was refunded, and not what.
    pub refund_look: bool,
    /// Stripe's fingerprint of the card that paid; `None` also if no card did.
    pub card_fingerprint: Option<String>,
    /// Whether Stripe was asked for it.
    pub card_read: bool,
    /// The outbox for the decision about a credit: `none`, `due` or `done`.
    pub credit_check: Coded<CreditCheck, Entity>,
    /// Why the decision was against one; `None` also in rows older than the column.
    pub no_credit: Option<Coded<NoCredit, Entity>>,
    pub created_at: Timestamp,
    pub paid_at: Option<Timestamp>,
    /// When the subscription ended at Stripe; `None` if it goes on, as far as we know.
    pub subscription_ended_at: Option<Timestamp>,
    /// Whether `subscriptions` has its row.
    pub subscription_known: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
