//! The ledger: a change that we ask of a Stripe balance.
use sea_orm::entity::prelude::*;

/// The ledger: a change that we ask of a Stripe balance.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credits")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub site_id: i64,
    /// `Program::code`.
    pub program: String,
    pub referral_id: Option<i64>,
    pub platform_referral_id: Option<i64>,
    pub beneficiary_id: Option<i64>,
    /// The partner, in the platform program.
    pub platform_referrer_id: Option<i64>,
    pub stripe_account_id: Option<i64>,
    /// Earned in live mode; `None`: in neither, by a sale in person while Stripe was not connected.
    pub livemode: Option<bool>,
    /// Signed as Stripe signs it: negative is a credit.
    pub amount_cents: i64,
    pub currency: String,
    pub idempotency_key: String,
    /// When the referral began: no entry of this credit at Stripe is older.
    pub referred_at: Option<i64>,
    /// `due`, `issued` or `failed`.
    pub state: String,
    /// `FailureReason` as JSON.
    pub failure_reason: Option<String>,
    pub attempts: i64,
    pub key_generation: i64,
    /// When the key in use was first sent.
    pub first_sent_at: Option<i64>,
    /// When the balance transaction was last sent.
    pub last_sent_at: Option<i64>,
    /// `stripe_accounts.version` when it was sent: after a change of the account's keys, of whichever,
    /// it may go out under another secret.
    pub stripe_account_version: Option<i64>,
    pub key_is_spoilt: bool,
    pub next_attempt_at: i64,
    /// A job is at it until then.
    pub claimed_until: Option<i64>,
    pub stripe_customer_id: Option<String>,
    pub stripe_transaction_id: Option<String>,
    pub created_at: i64,
    pub issued_at: Option<i64>,
    /// When it was given up.
    pub failed_at: Option<i64>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
