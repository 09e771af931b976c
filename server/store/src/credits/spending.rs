//! Debits of the balance for purchases, and their returns. Unique indexes keep a purchase from
//! having two debits, or two returns for one cause.

use anyhow::Context;
use domain::{
    credit::{CreditKey, CreditKind, Program, ReturnCause, StripeAmount},
    money::Money,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, Set, sea_query::Expr,
};

use super::{due, reversals::insert};
use crate::{
    CreditId, MemberId, PurchaseId, SiteId, StripeAccountId, Timestamp, Write,
    entities::credit::{ActiveModel, Column, Entity, Model},
    is_taken,
};

/// A debit to add to the ledger, before it is posted.
pub struct NewDebit<'a> {
    pub site_id: SiteId,
    pub buyer_id: MemberId,
    pub purchase_id: PurchaseId,
    pub stripe_account_id: StripeAccountId,
    pub mode: StripeMode,
    /// The buyer's customer: `cus_…`.
    pub customer_id: &'a str,
    /// The change of the balance, with Stripe's sign: above zero.
    pub amount: StripeAmount,
    /// Random: part of the idempotency key.
    pub token: &'a str,
}

/// Adds a due debit; `None` if another debit of the buyer is due at this account. PostgreSQL then
/// refuses every further statement in the transaction.
pub async fn insert_debit(
    db: &impl Write,
    new: &NewDebit<'_>,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    let key = CreditKey::of_debit(new.token);
    let row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(Program::Tenant.into()),
        kind: Set(CreditKind::Spent.into()),
        purchase_id: Set(Some(new.purchase_id)),
        beneficiary_id: Set(Some(new.buyer_id)),
        stripe_account_id: Set(Some(new.stripe_account_id)),
        stripe_customer_id: Set(Some(new.customer_id.to_owned())),
        livemode: Set(Some(new.mode.livemode())),
        amount_cents: Set(new.amount.cents()),
        currency: Set(new.amount.currency().into()),
        idempotency_key: Set(key.as_str().to_owned()),
        referred_at: Set(Some(now)),
        ..due(now)
    };
    match row.insert(db).await {
        Ok(row) => Ok(Some(row)),
        Err(error) if is_taken(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Adds a due return of `amount` to the balance that `debit` took it from, and returns its id.
/// `None` if the debit was returned for this cause before.
///
/// # Errors
/// If the database fails, or the amount does not fit.
pub async fn insert_return(
    db: &impl Write,
    debit: &Model,
    cause: ReturnCause,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = debit.key().of_return(cause).context("the key of a debit")?;
    insert_return_under(db, debit, cause, &key, amount, now).await
}

pub(super) async fn insert_return_under(
    db: &impl Write,
    debit: &Model,
    cause: ReturnCause,
    key: &CreditKey,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let change = StripeAmount::of_credit(amount).context("a return that fits")?;
    let row = ActiveModel {
        site_id: Set(debit.site_id),
        program: Set(debit.program),
        kind: Set(CreditKind::Returned.into()),
        purchase_id: Set(debit.purchase_id),
        cause: Set(Some(cause.into())),
        beneficiary_id: Set(debit.beneficiary_id),
        stripe_account_id: Set(debit.stripe_account_id),
        stripe_account_version: Set(debit.stripe_account_version),
        stripe_customer_id: Set(debit.stripe_customer_id.clone()),
        livemode: Set(debit.livemode),
        amount_cents: Set(change.cents()),
        currency: Set(change.currency().into()),
        idempotency_key: Set(key.as_str().to_owned()),
        referred_at: Set(Some(debit.created_at)),
        ..due(now)
    };
    insert(db, row, key).await
}

/// Adds the due return of a debit that this database lost. `None` if it was added before.
///
/// # Errors
/// If the database fails, or the amount does not fit.
pub async fn insert_lost_return(
    db: &impl Write,
    new: &LostReturn<'_>,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let cause = ReturnCause::NotPaid;
    let key = new.debit.of_return(cause).context("the key of a debit")?;
    let change = StripeAmount::of_credit(new.amount).context("a return that fits")?;
    let row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(Program::Tenant.into()),
        kind: Set(CreditKind::Returned.into()),
        cause: Set(Some(cause.into())),
        beneficiary_id: Set(Some(new.member_id)),
        stripe_account_id: Set(Some(new.stripe_account_id)),
        stripe_customer_id: Set(Some(new.customer_id.to_owned())),
        livemode: Set(Some(new.mode.livemode())),
        amount_cents: Set(change.cents()),
        currency: Set(change.currency().into()),
        idempotency_key: Set(key.as_str().to_owned()),
        referred_at: Set(Some(new.debited_at)),
        ..due(now)
    };
    insert(db, row, &key).await
}

/// The return of a debit that this database does not know.
pub struct LostReturn<'a> {
    pub site_id: SiteId,
    pub member_id: MemberId,
    pub stripe_account_id: StripeAccountId,
    pub mode: StripeMode,
    /// `cus_…`: whose balance the debit changed.
    pub customer_id: &'a str,
    /// The debit's key, as Stripe has it.
    pub debit: &'a CreditKey,
    pub amount: Money,
    pub debited_at: Timestamp,
}

/// Which of these keys the ledger has.
pub async fn known_keys(
    db: &impl ConnectionTrait,
    keys: impl IntoIterator<Item = String>,
) -> Result<Vec<String>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::IdempotencyKey)
        .filter(Column::IdempotencyKey.is_in(keys))
        .into_tuple()
        .all(db)
        .await
}

/// The member's ledger rows, newest first.
pub async fn of_member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    member_id: MemberId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::BeneficiaryId.eq(member_id))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The debit of a purchase.
pub async fn debit_of(
    db: &impl ConnectionTrait,
    purchase_id: PurchaseId,
) -> Result<Option<Model>, DbErr> {
    of(CreditKind::Spent, purchase_id).one(db).await
}

/// What went back of a purchase's debit, or is on its way.
pub async fn returned_of(
    db: &impl ConnectionTrait,
    purchase_id: PurchaseId,
) -> Result<Vec<Model>, DbErr> {
    all_returned(purchase_id).all(db).await
}

/// The query of [`returned_of`]; public so that tests can check its query plan.
pub fn all_returned(purchase_id: PurchaseId) -> Select<Entity> {
    of(CreditKind::Returned, purchase_id)
}

/// The debit of a purchase, what went back of it, and what undoing the purchase took back.
pub async fn of_purchase(
    db: &impl ConnectionTrait,
    purchase_id: PurchaseId,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .order_by_asc(Column::Id)
        .all(db)
        .await
}

fn of(kind: CreditKind, purchase_id: PurchaseId) -> Select<Entity> {
    // Written out, because SQLite uses a partial index only for a condition without parameters.
    let kind = Expr::cust(format!("kind = '{}'", kind.code()));
    Entity::find()
        .filter(Column::PurchaseId.eq(purchase_id))
        .filter(kind)
}
