//! A Checkout session of either program. Written before Stripe is asked for it.
use domain::{credit::Program, purchase::SessionState};
use sea_orm::entity::prelude::*;

use crate::columns::{CheckoutSessionId, Coded, PurchaseId, SiteId, StripeAccountId, Timestamp};

/// A Checkout session of either program. Written before Stripe is asked for it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkout_sessions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CheckoutSessionId,
    /// Random; the session carries it in its metadata, and it is in its idempotency key.
    pub token: String,
    pub program: Coded<Program, Entity>,
    pub site_id: SiteId,
    /// What a tenant sells in it.
    pub purchase_id: Option<PurchaseId>,
    /// `Plan::code` of what the platform sells in it.
    pub plan: Option<String>,
    /// The platform referrer's code that it carries.
    pub referral_code: Option<String>,
    /// When the link with that code was clicked.
    pub clicked_at: Option<Timestamp>,
    /// The account that it is made in.
    pub stripe_account_id: StripeAccountId,
    /// Of the key that it was made under.
    pub livemode: bool,
    /// `stripe_gateway::NewCheckout` as JSON; `None` in rows older than this table.
    pub request: Option<String>,
    pub state: Coded<SessionState, Entity>,
    /// Who has it open for what; `None` once it is over.
    pub open_for: Option<String>,
    /// `cs_…`.
    pub session_id: Option<String>,
    /// Stripe's page.
    pub url: Option<String>,
    /// When Stripe was last asked what became of it.
    pub checked_at: Option<Timestamp>,
    /// When it is to be asked next; `None`: no more.
    pub next_check_at: Option<Timestamp>,
    /// When Stripe was last asked to make it; written before it is asked.
    pub last_sent_at: Timestamp,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
