//! A Checkout session of either program. Written before Stripe is asked for it.
use sea_orm::entity::prelude::*;

/// A Checkout session of either program. Written before Stripe is asked for it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkout_sessions")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Random; the session carries it in its metadata, and it is in its idempotency key.
    pub token: String,
    /// `Program::code`.
    pub program: String,
    pub site_id: i64,
    /// What a tenant sells in it.
    pub purchase_id: Option<i64>,
    /// `Plan::code` of what the platform sells in it.
    pub plan: Option<String>,
    /// The platform referrer's code that it carries.
    pub referral_code: Option<String>,
    /// When the link with that code was clicked.
    pub clicked_at: Option<i64>,
    /// The account that it is made in.
    pub stripe_account_id: i64,
    /// Of the key that it was made under.
    pub livemode: bool,
    /// `stripe_gateway::NewCheckout` as JSON; `None` in rows older than this table.
    pub request: Option<String>,
    /// `SessionState::code`.
    pub state: String,
    /// Who has it open for what; `None` once it is over.
    pub open_for: Option<String>,
    /// `cs_…`.
    pub session_id: Option<String>,
    /// Stripe's page.
    pub url: Option<String>,
    /// When Stripe was last asked what became of it.
    pub checked_at: Option<i64>,
    /// When it is to be asked next; `None`: no more.
    pub next_check_at: Option<i64>,
    /// When Stripe was last asked to make it; written before it is asked.
    pub last_sent_at: i64,
    pub created_at: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
