//! Credit that goes back with a refund, and what the books have to look at where a debit took a balance
//! below zero.

use anyhow::Context;
use domain::{
    credit::{CreditKey, CreditKind, Program, ReturnCause, StripeAmount},
    money::Money,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Set,
};

use super::{attention, books::issued, due, reversals::insert, spending::insert_return_under};
use crate::{
    CreditId, MemberId, PurchaseId, Scope, SiteId, StripeAccountId, Timestamp, Write,
    entities::credit::{ActiveModel, Column, Entity, Model},
};

/// Adds what the refund with this token returns of a debit, due, and returns its id; `None` if it was added
/// before. The caller holds the purchase's lock.
///
/// # Errors
/// If the database fails, or the amount does not fit.
pub async fn insert_refund_return(
    db: &impl Write,
    debit: &Model,
    refund: &str,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = debit
        .key()
        .of_refund(refund)
        .context("the key of a debit")?;
    insert_return_under(db, debit, ReturnCause::Refunded, &key, amount, now).await
}

/// What a refund returns of a balance that Stripe had applied to an invoice, as of a membership.
pub struct RefundedInvoice<'a> {
    pub site_id: SiteId,
    pub buyer_id: MemberId,
    pub purchase_id: PurchaseId,
    pub stripe_account_id: StripeAccountId,
    pub mode: StripeMode,
    /// `cus_…`: whose balance paid; `None` if the purchase does not name it.
    pub customer_id: Option<&'a str>,
    /// The refund's token.
    pub refund: &'a str,
    pub amount: Money,
    /// When it was paid: nothing at Stripe is older.
    pub paid_at: Timestamp,
}

/// Adds the due return, and returns its id; `None` if it was added before. The caller holds the purchase's
/// lock.
///
/// # Errors
/// If the database fails, or the amount does not fit.
pub async fn insert_refunded_invoice(
    db: &impl Write,
    new: &RefundedInvoice<'_>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = CreditKey::of_refunded_invoice(new.refund);
    let change = StripeAmount::of_credit(new.amount).context("a return that fits")?;
    let row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(Program::Tenant.into()),
        kind: Set(CreditKind::Returned.into()),
        purchase_id: Set(Some(new.purchase_id)),
        cause: Set(Some(ReturnCause::Refunded.into())),
        beneficiary_id: Set(Some(new.buyer_id)),
        stripe_account_id: Set(Some(new.stripe_account_id)),
        stripe_customer_id: Set(new.customer_id.map(str::to_owned)),
        livemode: Set(Some(new.mode.livemode())),
        amount_cents: Set(change.cents()),
        currency: Set(change.currency().into()),
        idempotency_key: Set(key.as_str().to_owned()),
        referred_at: Set(Some(new.paid_at)),
        ..due(now)
    };
    insert(db, row, &key).await
}

/// A debit of ours that took a balance below zero, and what went back of it. An invoice that Stripe made
/// in between has charged the debt to the customer (Stripe, "Customer credit balance"): the books look for
/// one between both times, and list it as an overcharge to refund (`docs/rules.md` 126).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overdraft {
    pub debit: Model,
    pub restored: Model,
}

/// The debits of this scope that took a balance below zero since `since`, oldest first, at most `limit`.
///
/// # Errors
/// If the database fails.
pub async fn overdrafts(
    db: &impl ConnectionTrait,
    scope: Scope,
    since: Timestamp,
    limit: u64,
) -> Result<Vec<Overdraft>, DbErr> {
    let restored = Entity::find()
        .filter(attention::of(scope))
        .filter(Column::Kind.eq(CreditKind::Restored.code()))
        .filter(issued(db))
        .filter(Column::IssuedAt.gte(since))
        .filter(Column::Undoes.is_not_null())
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let debits: Vec<CreditId> = restored.iter().filter_map(|row| row.undoes).collect();
    if debits.is_empty() {
        return Ok(Vec::new());
    }
    let debits = Entity::find()
        .filter(Column::Id.is_in(debits))
        .all(db)
        .await?;
    let pair = |restored: Model| {
        let debit = debits
            .iter()
            .find(|debit| restored.undoes == Some(debit.id));
        let debit = debit?;
        let is_overdraft = debit.key().of_restored() == Some(restored.key());
        is_overdraft.then(|| Overdraft {
            debit: debit.clone(),
            restored,
        })
    };
    Ok(restored.into_iter().filter_map(pair).collect())
}
