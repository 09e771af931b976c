//! A row of the ledger: a change that we ask of a Stripe balance.
use domain::{
    credit::{CreditKind, CreditState, Program, ReturnCause, ReviewState, Signs},
    money::Currency,
    referral::FailureReason,
};
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, CreditId, MemberId, PlatformReferralId, PlatformReferrerId, PurchaseId, ReferralId,
    SiteId, StripeAccountId, Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "credits")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: CreditId,
    pub site_id: SiteId,
    pub program: Coded<Program, Entity>,
    pub kind: Coded<CreditKind, Entity>,
    /// The purchase that was paid with the credit, of a debit and its returns.
    pub purchase_id: Option<PurchaseId>,
    /// Why a debit went back; `None` for the other kinds.
    pub cause: Option<Coded<ReturnCause, Entity>>,
    /// The row that this one undoes: the credit of a reversal, or the reversal of what was restored.
    pub undoes: Option<CreditId>,
    pub referral_id: Option<ReferralId>,
    pub platform_referral_id: Option<PlatformReferralId>,
    pub beneficiary_id: Option<MemberId>,
    /// The platform referrer, in the platform program.
    pub platform_referrer_id: Option<PlatformReferrerId>,
    pub stripe_account_id: Option<StripeAccountId>,
    /// Whether it was earned in live mode; `None` for a counter sale while Stripe was not
    /// connected.
    pub livemode: Option<bool>,
    /// With Stripe's sign: a credit is negative, a debit positive.
    pub amount_cents: i64,
    pub currency: Coded<Currency, Entity>,
    pub idempotency_key: String,
    /// When the referral began. No balance transaction of this credit can be older.
    pub referred_at: Option<Timestamp>,
    /// `due`, `issued` or `failed`.
    pub state: Coded<CreditState, Entity>,
    pub failure_reason: Option<Coded<FailureReason, Entity>>,
    pub attempts: i64,
    pub key_generation: i64,
    /// When the idempotency key in use was first sent.
    pub first_sent_at: Option<Timestamp>,
    /// When the balance transaction was last sent.
    pub last_sent_at: Option<Timestamp>,
    /// `stripe_accounts.version` at the time of sending. If it differs now, the account's keys
    /// changed and the next request may use another secret key.
    pub stripe_account_version: Option<i64>,
    /// Whether the next attempt reads the balance transactions first and takes a new key: Stripe
    /// replays an error for this one, or an admin tries again a credit that may have been posted.
    #[sea_orm(column_name = "key_is_spoilt")]
    pub key_replays_error: bool,
    pub next_attempt_at: Timestamp,
    /// Until when it may not be issued; `None` if it never was on hold.
    pub held_until: Option<Timestamp>,
    /// Since when it may not be issued, because of a refund or a dispute that is not decided.
    pub frozen_at: Option<Timestamp>,
    /// How an admin's review of it stands; `None` if it needs none.
    pub review: Option<Coded<ReviewState, Entity>>,
    /// What was seen of the referral, if it was reviewed.
    pub review_signs: Option<Coded<Signs, Entity>>,
    /// Until when a job has claimed the credit.
    pub claimed_until: Option<Timestamp>,
    pub stripe_customer_id: Option<String>,
    pub stripe_transaction_id: Option<String>,
    /// Stripe's `type` of a change that we only observed; `None` for the other kinds.
    pub observed_type: Option<String>,
    /// Why staff gave or took it by hand; `None` for the other kinds, and once the account was deleted.
    pub reason: Option<String>,
    pub created_at: Timestamp,
    pub issued_at: Option<Timestamp>,
    pub failed_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
