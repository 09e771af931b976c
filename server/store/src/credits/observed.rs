//! Changes of a balance that we did not make. The key keeps each balance transaction to one row.

use domain::{
    credit::{CreditKey, CreditKind, CreditState, Program, StripeAmount},
    stripe_keys::StripeMode,
};
use sea_orm::{DbErr, EntityTrait, Set, sea_query::OnConflict};

use super::due;
use crate::{
    PurchaseId, SiteId, StripeAccountId, Timestamp, Write,
    entities::credit::{ActiveModel, Column, Entity},
    stripe_customers::HolderId,
};

/// A balance transaction that Stripe made by itself, or that somebody made in its dashboard.
pub struct Observed<'a> {
    /// The member's site, or a brand's.
    pub site_id: SiteId,
    pub holder: HolderId,
    pub stripe_account_id: StripeAccountId,
    pub mode: StripeMode,
    /// `cus_…`.
    pub customer_id: &'a str,
    /// `cbtxn_…`.
    pub transaction_id: &'a str,
    /// Stripe's `type`.
    pub stripe_type: &'a str,
    /// The membership whose payment page made it.
    pub purchase_id: Option<PurchaseId>,
    pub amount: StripeAmount,
    /// When Stripe made it.
    pub at: Timestamp,
}

/// Adds a change that is not in the ledger yet.
pub async fn insert_observed(db: &impl Write, new: &Observed<'_>) -> Result<(), DbErr> {
    let key = CreditKey::of_observed(new.transaction_id);
    let (program, member, referrer) = match new.holder {
        HolderId::Member(id) => (Program::Tenant, Some(id), None),
        HolderId::PlatformReferrer(id) => (Program::Platform, None, Some(id)),
    };
    let row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(program.into()),
        kind: Set(CreditKind::Observed.into()),
        state: Set(CreditState::Issued.into()),
        purchase_id: Set(new.purchase_id),
        beneficiary_id: Set(member),
        platform_referrer_id: Set(referrer),
        stripe_account_id: Set(Some(new.stripe_account_id)),
        stripe_customer_id: Set(Some(new.customer_id.to_owned())),
        stripe_transaction_id: Set(Some(new.transaction_id.to_owned())),
        livemode: Set(Some(new.mode.livemode())),
        amount_cents: Set(new.amount.cents()),
        currency: Set(new.amount.currency().into()),
        idempotency_key: Set(key.as_str().to_owned()),
        observed_type: Set(Some(new.stripe_type.to_owned())),
        ..due(new.at)
    };
    let once = OnConflict::column(Column::IdempotencyKey)
        .do_nothing()
        .to_owned();
    Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}
