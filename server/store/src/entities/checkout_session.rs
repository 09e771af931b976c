//! A Checkout session of either program, inserted before the request to Stripe.
use domain::{credit::Program, purchase::SessionState};
use sea_orm::entity::prelude::*;

use crate::columns::{CheckoutSessionId, Coded, PurchaseId, SiteId, StripeAccountId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkout_sessions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CheckoutSessionId,
    /// Random. The session carries it in its metadata, and the idempotency key contains it.
    pub token: String,
    pub program: Coded<Program, Entity>,
    pub site_id: SiteId,
    /// The tenant's purchase.
    pub purchase_id: Option<PurchaseId>,
    /// `Plan::code` of a platform subscription.
    pub plan: Option<String>,
    /// The platform referrer's code in the session's metadata.
    pub referral_code: Option<String>,
    /// When the buyer clicked the link with that code.
    pub clicked_at: Option<Timestamp>,
    /// The account at which the session is created.
    pub stripe_account_id: StripeAccountId,
    /// The account's mode.
    pub livemode: bool,
    /// `stripe_gateway::NewCheckout` as JSON; `None` in rows older than this table, and some time after
    /// the session has ended.
    pub request: Option<String>,
    pub state: Coded<SessionState, Entity>,
    /// Names the buyer and the product while the session is open, so that they have no second one;
    /// `None` once it has ended.
    pub open_for: Option<String>,
    /// `cs_…`.
    pub session_id: Option<String>,
    /// The URL of Stripe's page.
    pub url: Option<String>,
    /// When Stripe was last asked about the session.
    pub checked_at: Option<Timestamp>,
    /// When to ask Stripe next; `None` if no more.
    pub next_check_at: Option<Timestamp>,
    /// When the request was last sent, written before sending.
    pub last_sent_at: Timestamp,
    /// The id of the session's coupon, until it is deleted at Stripe.
    pub coupon: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
