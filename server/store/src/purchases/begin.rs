//! Inserts a purchase. The row must exist before the first call to Stripe.

use domain::{
    purchase::{CreditCheck, PurchaseState},
    stripe_keys::StripeMode,
};
use sea_orm::{ActiveModelTrait, DbErr, Set};

use crate::{
    MemberId, StripeAccountId, Timestamp, Write,
    entities::{
        product,
        purchase::{ActiveModel, Model},
    },
    stripe_accounts::{self, StripeAccount},
};

/// Starts a purchase at the account with this id; `None` for one that is not made at Stripe.
pub async fn insert(
    db: &impl Write,
    product: &product::Model,
    buyer_id: MemberId,
    stripe_account_id: Option<StripeAccountId>,
    now: Timestamp,
) -> Result<Model, DbErr> {
    let mode = stripe_accounts::mode_of(db, stripe_account_id).await?;
    row(product, buyer_id, (stripe_account_id, mode), now)
        .insert(db)
        .await
}

/// Starts a purchase at this account, which was just read: its mode never changes.
pub async fn insert_at(
    db: &impl Write,
    product: &product::Model,
    buyer_id: MemberId,
    account: &StripeAccount,
    now: Timestamp,
) -> Result<Model, DbErr> {
    let account = (Some(account.id), Some(account.mode()));
    row(product, buyer_id, account, now).insert(db).await
}

fn row(
    product: &product::Model,
    buyer_id: MemberId,
    (stripe_account_id, mode): (Option<StripeAccountId>, Option<StripeMode>),
    now: Timestamp,
) -> ActiveModel {
    ActiveModel {
        livemode: Set(mode.map(StripeMode::livemode)),
        site_id: Set(product.site_id),
        buyer_id: Set(buyer_id),
        product_id: Set(product.id),
        product_name: Set(product.name.clone()),
        kind: Set((*product.kind).into()),
        price_cents: Set(product.price_cents),
        currency: Set((*product.currency).into()),
        state: Set(PurchaseState::Open.into()),
        in_person: Set(stripe_account_id.is_none()),
        stripe_account_id: Set(stripe_account_id),
        credit_check: Set(CreditCheck::None.into()),
        created_at: Set(now),
        ..Default::default()
    }
}
