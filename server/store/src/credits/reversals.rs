//! Reversals of earned credits, what goes back of them, and what is restored. The rows make a chain: each
//! step undoes the row before it, and a unique index keeps a row from being undone twice.

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

/// The rows of an earned credit.
pub struct Ledger {
    /// The credit itself.
    pub credit: Model,
    /// The row by which it is where it is now: its own, or that of its last move.
    pub standing: Model,
    /// The last row.
    pub last: Model,
    /// How many reversals and restorings there are.
    pub steps: usize,
}

/// The ledger of an earned credit.
///
/// # Errors
/// If the database fails.
pub async fn ledger(db: &impl ConnectionTrait, credit: Model) -> Result<Ledger, DbErr> {
    let mut ledger = Ledger {
        standing: credit.clone(),
        last: credit.clone(),
        credit,
        steps: 0,
    };
    loop {
        let next = Entity::find().filter(Column::Undoes.eq(ledger.last.id));
        let Some(next) = next.one(db).await? else {
            return Ok(ledger);
        };
        match *next.kind {
            CreditKind::MovedOut | CreditKind::MovedIn => ledger.standing = next.clone(),
            // What a reversal took below zero belongs to it.
            _ if ledger.last.key().of_restored().as_ref() == Some(&next.key()) => {}
            _ => ledger.steps += 1,
        }
        ledger.last = next;
    }
}

/// Adds the due reversal of this much of an issued credit, and returns its id; `None` if another step
/// was added meanwhile. The caller holds the referral's lock.
///
/// # Errors
/// If the database fails, or the row is no credit that a referral earned.
pub async fn insert_reversal(
    db: &impl Write,
    ledger: &Ledger,
    amount: Money,
    purchase_id: Option<PurchaseId>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    insert_reversal_at(db, ledger, &ledger.standing, amount, purchase_id, now).await
}

/// The same, from the balance to which `returned` went back, that should not have it.
///
/// # Errors
/// As [`insert_reversal`].
pub async fn insert_settling(
    db: &impl Write,
    ledger: &Ledger,
    returned: &Model,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let purchase_id = ledger.last.purchase_id;
    insert_reversal_at(db, ledger, returned, amount, purchase_id, now).await
}

async fn insert_reversal_at(
    db: &impl Write,
    ledger: &Ledger,
    at: &Model,
    amount: Money,
    purchase_id: Option<PurchaseId>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = ledger.credit.key().of_reversal(ledger.steps + 1);
    let key = key.context("the key of a credit that a referral earned")?;
    let taken = StripeAmount::of_debit(amount).context("a credit that fits")?;
    let row = ActiveModel {
        purchase_id: Set(purchase_id),
        undoes: Set(Some(ledger.last.id)),
        ..undoing(at, CreditKind::Reversed, &key, taken, now)
    };
    insert(db, row, &key).await
}

/// Adds this much of an earned credit, due, that was taken back for a cause that is gone, and returns its
/// id; `None` if another step was added meanwhile. The caller holds the referral's lock.
///
/// # Errors
/// As [`insert_reversal`].
pub async fn insert_restoring(
    db: &impl Write,
    ledger: &Ledger,
    amount: Money,
    purchase_id: Option<PurchaseId>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = ledger.credit.key().of_restoring(ledger.steps + 1);
    let key = key.context("the key of a credit that a referral earned")?;
    let given = StripeAmount::of_credit(amount).context("a credit that fits")?;
    let row = ActiveModel {
        purchase_id: Set(purchase_id),
        undoes: Set(Some(ledger.last.id)),
        ..undoing(&ledger.standing, CreditKind::Restored, &key, given, now)
    };
    insert(db, row, &key).await
}

/// Whether a row gives back what was taken for a cause that is gone, and not what a debit took below zero.
///
/// # Errors
/// If the database fails.
pub async fn is_restoring(db: &impl ConnectionTrait, row: &Model) -> Result<bool, DbErr> {
    let (CreditKind::Restored, Some(undoes)) = (*row.kind, row.undoes) else {
        return Ok(false);
    };
    let undone = super::by_id(db, undoes).await?;
    let overdraft = undone.and_then(|undone| undone.key().of_restored());
    Ok(overdraft.is_none_or(|overdraft| overdraft != row.key()))
}

/// Adds what goes back of a reversal, a correction or a move, due, and returns its id. `None` if it was added
/// before.
///
/// # Errors
/// If the database fails, or the row is none of them.
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
        undoes: Set((reversal.kind != CreditKind::MovedOut).then_some(reversal.id)),
        ..undoing(reversal, CreditKind::Restored, &key, change, now)
    };
    insert(db, row, &key).await
}

/// Deletes a credit that Stripe was not asked for, or will not have; `false` if a job has asked for it
/// meanwhile. A job that holds the deleted row can no longer ask.
pub async fn withdraw(db: &impl Write, id: CreditId) -> Result<bool, DbErr> {
    let deleted = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(not_asked_for())
        .exec(db)
        .await?;
    Ok(deleted.rows_affected > 0)
}

/// Stripe was not asked for it, or will not have it.
pub(super) fn not_asked_for() -> Condition {
    let never_sent = Condition::all()
        .add(Column::State.eq(CreditState::Due.code()))
        .add(Column::FirstSentAt.is_null());
    let given_up = Column::State.eq(CreditState::Failed.code());
    Condition::any().add(never_sent).add(given_up)
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

/// The credit that the referral of either program earned.
pub async fn of_earned(
    db: &impl ConnectionTrait,
    earned: super::Earned,
) -> Result<Option<Model>, DbErr> {
    let its = match earned {
        super::Earned::Tenant { referral_id, .. } => Column::ReferralId.eq(referral_id),
        super::Earned::Platform { referral_id, .. } => Column::PlatformReferralId.eq(referral_id),
    };
    Entity::find().filter(its).one(db).await
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
