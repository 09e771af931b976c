//! Reversals of earned credits, and what goes back of them. A unique index keeps a row from being
//! undone twice.

use anyhow::Context;
use domain::{
    credit::{CreditKey, CreditKind, CreditState, StripeAmount},
    money::Money,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, Set,
    sea_query::OnConflict,
};

use super::due;
use crate::{
    CreditId, PurchaseId, ReferralId, Timestamp, Write,
    entities::credit::{ActiveModel, Column, Entity, Model},
};

/// Adds the due reversal of an issued credit, for the purchase that was undone, and returns its id.
/// `None` if the credit was reversed before. `standing` is the row by which the credit is where it
/// is now.
///
/// # Errors
/// If the database fails, or the row is no credit of a member.
pub async fn insert_reversal(
    db: &impl Write,
    credit: &Model,
    standing: &Model,
    purchase_id: PurchaseId,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = credit.key().of_reversal().context("the key of a credit")?;
    let given = standing.amount()?.in_favor();
    let taken = StripeAmount::of_debit(given).context("a credit that fits")?;
    let row = ActiveModel {
        purchase_id: Set(Some(purchase_id)),
        ..undoing(standing, CreditKind::Reversed, &key, taken, now)
    };
    insert(db, row, &key).await
}

/// Adds what goes back of a reversal or of a move, due, and returns its id. `None` if it was added
/// before.
///
/// # Errors
/// If the database fails, or the row is neither.
pub async fn insert_restored(
    db: &impl Write,
    reversal: &Model,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = reversal
        .key()
        .of_restored()
        .context("the key of a reversal")?;
    let change = StripeAmount::of_credit(amount).context("an amount that fits")?;
    let row = ActiveModel {
        purchase_id: Set(reversal.purchase_id),
        // Each row is undone by one at most, and what a move takes is undone by its arrival.
        undoes: Set((reversal.kind == CreditKind::Reversed).then_some(reversal.id)),
        ..undoing(reversal, CreditKind::Restored, &key, change, now)
    };
    insert(db, row, &key).await
}

/// Deletes a credit that Stripe was not asked for, or will not have; `false` if a job has asked for it
/// meanwhile. A job that holds the deleted row can no longer ask.
pub async fn withdraw(db: &impl Write, id: CreditId) -> Result<bool, DbErr> {
    let never_sent = Condition::all()
        .add(Column::State.eq(CreditState::Due.code()))
        .add(Column::FirstSentAt.is_null());
    let given_up = Column::State.eq(CreditState::Failed.code());
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(Condition::any().add(never_sent).add(given_up))
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// A row of the same holder, at the same account and customer as the one that it undoes.
pub(super) fn undoing(
    row: &Model,
    kind: CreditKind,
    key: &CreditKey,
    amount: StripeAmount,
    now: Timestamp,
) -> ActiveModel {
    ActiveModel {
        site_id: Set(row.site_id),
        program: Set(row.program),
        kind: Set(kind.into()),
        undoes: Set(Some(row.id)),
        beneficiary_id: Set(row.beneficiary_id),
        platform_referrer_id: Set(row.platform_referrer_id),
        stripe_account_id: Set(row.stripe_account_id),
        stripe_account_version: Set(row.stripe_account_version),
        stripe_customer_id: Set(row.stripe_customer_id.clone()),
        livemode: Set(row.livemode),
        amount_cents: Set(amount.cents()),
        currency: Set(amount.currency().into()),
        idempotency_key: Set(key.as_str().to_owned()),
        referred_at: Set(Some(row.created_at)),
        ..due(now)
    }
}

pub(super) async fn insert(
    db: &impl Write,
    row: ActiveModel,
    key: &CreditKey,
) -> anyhow::Result<Option<CreditId>> {
    let once = OnConflict::column(Column::IdempotencyKey)
        .do_nothing()
        .to_owned();
    let inserted = Entity::insert(row)
        .on_conflict(once)
        .exec_without_returning(db)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let row = Entity::find().filter(Column::IdempotencyKey.eq(key.as_str()));
    Ok(row.one(db).await?.map(|row| row.id))
}

/// The credit that the referral earned.
pub async fn of_referral(
    db: &impl ConnectionTrait,
    referral_id: ReferralId,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReferralId.eq(referral_id))
        .one(db)
        .await
}
