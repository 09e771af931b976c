//! The ledger. One row for each change that we ask of a Stripe balance, and never two for one
//! referral.

use domain::{CreditCase, CreditKey, CreditProgress, Currency, FailureReason, Money};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};
use time::Duration;

use super::entities::credit::{ActiveModel, Column, Entity, Model};
use crate::clock::from_ms;

/// The states of a ledger row.
pub mod state {
    /// To be asked of Stripe.
    pub const DUE: &str = "due";
    /// Stripe has it.
    pub const ISSUED: &str = "issued";
    /// Given up; an admin can try again.
    pub const FAILED: &str = "failed";
}

impl Model {
    /// The signed amount as Stripe signs it: negative is a credit.
    pub fn amount(&self) -> Money {
        Money::new(
            self.amount_cents,
            Currency::parse(&self.currency).unwrap_or_default(),
        )
    }

    /// Its key.
    pub fn key(&self) -> CreditKey {
        CreditKey::stored(self.idempotency_key.clone())
    }

    /// How far it has come.
    pub fn progress(&self) -> CreditProgress {
        CreditProgress {
            attempts: u32::try_from(self.attempts).unwrap_or(u32::MAX),
            generation: u32::try_from(self.key_generation).unwrap_or(u32::MAX),
            first_sent_at: self.first_sent_at.map(from_ms),
            key_is_spoilt: self.key_is_spoilt,
        }
    }
}

/// A credit that a member has earned.
pub struct NewCredit {
    /// The site of the referral.
    pub site_id: i64,
    /// The referral.
    pub referral_id: i64,
    /// The referrer.
    pub beneficiary_id: i64,
    /// The account that holds the balance; `None` where Stripe is not connected.
    pub stripe_account_id: Option<i64>,
    /// Signed as Stripe signs it.
    pub amount: Money,
    /// Its key.
    pub key: CreditKey,
}

/// Writes a credit as due. `None` if this referral has one already.
pub async fn insert_due(
    db: &impl ConnectionTrait,
    new: NewCredit,
    now_ms: i64,
) -> Result<Option<i64>, DbErr> {
    let key = new.key.as_str().to_owned();
    let row = ActiveModel {
        site_id: Set(new.site_id),
        program: Set(CreditCase::Tenant.code().to_owned()),
        referral_id: Set(Some(new.referral_id)),
        beneficiary_id: Set(Some(new.beneficiary_id)),
        stripe_account_id: Set(new.stripe_account_id),
        amount_cents: Set(new.amount.cents()),
        currency: Set(new.amount.currency().code().to_owned()),
        idempotency_key: Set(key.clone()),
        state: Set(state::DUE.to_owned()),
        attempts: Set(0),
        key_generation: Set(1),
        key_is_spoilt: Set(false),
        next_attempt_at: Set(now_ms),
        created_at: Set(now_ms),
        ..Default::default()
    };
    let inserted = Entity::insert(row)
        .on_conflict(
            OnConflict::column(Column::ReferralId)
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let row = Entity::find()
        .filter(Column::IdempotencyKey.eq(key))
        .one(db)
        .await?;
    Ok(row.map(|row| row.id))
}

/// The ledger row with this id.
pub async fn by_id(db: &impl ConnectionTrait, id: i64) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// Takes a due credit for one job, for `lease`; `None` if it is not due, not yet, or another job
/// is at it. A job that dies leaves it free when the lease is over.
pub async fn claim(
    db: &impl ConnectionTrait,
    id: i64,
    now_ms: i64,
    lease: Duration,
) -> Result<Option<Model>, DbErr> {
    let until = now_ms + i64::try_from(lease.whole_milliseconds()).unwrap_or(0);
    let claimed = Entity::update_many()
        .col_expr(Column::ClaimedUntil, Expr::value(until))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(state::DUE))
        .filter(Column::NextAttemptAt.lte(now_ms))
        .filter(free(now_ms))
        .exec(db)
        .await?;
    if claimed.rows_affected == 0 {
        Ok(None)
    } else {
        by_id(db, id).await
    }
}

fn free(now_ms: i64) -> Condition {
    Condition::any()
        .add(Column::ClaimedUntil.is_null())
        .add(Column::ClaimedUntil.lte(now_ms))
}

/// Writes down, before the call, that the key of this `generation` is sent to this customer.
pub async fn set_sent(
    db: &impl ConnectionTrait,
    id: i64,
    customer_id: &str,
    generation: u32,
    first_sent_at: i64,
) -> Result<(), DbErr> {
    ActiveModel {
        id: Set(id),
        stripe_customer_id: Set(Some(customer_id.to_owned())),
        key_generation: Set(i64::from(generation)),
        first_sent_at: Set(Some(first_sent_at)),
        key_is_spoilt: Set(false),
        ..Default::default()
    }
    .update(db)
    .await
    .map(|_| ())
}

/// Stripe has it; `false` if another job wrote that first.
pub async fn set_issued(
    db: &impl ConnectionTrait,
    id: i64,
    customer_id: &str,
    transaction_id: &str,
    now_ms: i64,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::State, Expr::value(state::ISSUED))
        .col_expr(Column::StripeCustomerId, Expr::value(customer_id))
        .col_expr(Column::StripeTransactionId, Expr::value(transaction_id))
        .col_expr(Column::IssuedAt, Expr::value(now_ms))
        .col_expr(Column::FailureReason, Expr::value(Option::<String>::None))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.ne(state::ISSUED))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// A call went wrong and will be made again at `next_attempt_at`.
pub async fn set_retry(
    db: &impl ConnectionTrait,
    id: i64,
    attempts: u32,
    key_is_spoilt: bool,
    next_attempt_at: i64,
) -> Result<(), DbErr> {
    ActiveModel {
        id: Set(id),
        attempts: Set(i64::from(attempts)),
        key_is_spoilt: Set(key_is_spoilt),
        next_attempt_at: Set(next_attempt_at),
        claimed_until: Set(None),
        ..Default::default()
    }
    .update(db)
    .await
    .map(|_| ())
}

/// Given up; `false` if it was issued meanwhile.
pub async fn set_failed(
    db: &impl ConnectionTrait,
    id: i64,
    attempts: u32,
    reason: &FailureReason,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::State, Expr::value(state::FAILED))
        .col_expr(
            Column::FailureReason,
            Expr::value(serde_json::to_string(reason).ok()),
        )
        .col_expr(Column::Attempts, Expr::value(i64::from(attempts)))
        .col_expr(Column::ClaimedUntil, Expr::value(Option::<i64>::None))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(state::DUE))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Due credits that no job is at, ready at or before `ready_by`, the longest waiting first.
pub async fn overdue(
    db: &impl ConnectionTrait,
    ready_by: i64,
    now_ms: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::State.eq(state::DUE))
        .filter(Column::NextAttemptAt.lte(ready_by))
        .filter(free(now_ms))
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        .all(db)
        .await
}
