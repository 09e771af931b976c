//! A subscription to PewPros or CoachPros, as Stripe told of it.
use sea_orm::entity::prelude::*;

/// A subscription to PewPros or CoachPros, as Stripe told of it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_purchases")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// The brand.
    pub site_id: i64,
    /// `Plan::code`, or what the metadata said.
    pub plan: String,
    pub currency: String,
    pub customer_email: Option<String>,
    /// Stripe's total, before the customer's balance.
    pub paid_cents: Option<i64>,
    /// `PurchaseState::code`.
    pub state: String,
    /// The code that came with it.
    pub code: Option<String>,
    /// When the link was clicked.
    pub clicked_at: Option<i64>,
    pub stripe_account_id: i64,
    /// Made in live mode.
    pub livemode: Option<bool>,
    pub checkout_session_id: String,
    pub subscription_id: Option<String>,
    /// The outbox; `none`, `due` or `done`.
    pub credit_check: String,
    pub created_at: i64,
    pub paid_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
