//! Credits on hold (`docs/rules.md` 130 to 137): what they add up to, and what moves or ends a hold. One under
//! review counts as one on hold (167).

use std::collections::BTreeMap;

use domain::{
    money::{Currency, Money},
    referral::{FailureReason, ReferralStatus},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, sea_query::Expr,
};
use time::Duration;

use super::{attention::of, reviews::waiting};
use crate::{
    Coded, CreditId, Id, MemberId, ReferralId, Scope, SiteId, Timestamp, Write,
    columns::TextCode,
    entities::{
        credit::{Column, Entity},
        referral,
    },
    referral_table::Listed,
    row_lock::RowLock,
};

/// The most referrals that one statement names.
const AT_ONCE: usize = 1_000;

/// The credits on hold in one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnHold {
    pub credits: u64,
    /// What they add up to.
    pub amount: Money,
}

/// The credits of this scope that are on hold, in each currency.
///
/// # Errors
/// If the database fails, or a currency cannot be read.
pub async fn of_scope(
    db: &impl ConnectionTrait,
    scope: Scope,
    now: Timestamp,
) -> Result<Vec<OnHold>, DbErr> {
    summed(db, of(scope), now).await
}

/// The same for what a member of the site earned.
///
/// # Errors
/// As [`of_scope`].
pub async fn of_member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    member_id: MemberId,
    now: Timestamp,
) -> Result<Vec<OnHold>, DbErr> {
    summed(db, of_beneficiary(site_id, member_id), now).await
}

async fn summed(
    db: &impl ConnectionTrait,
    whose: Condition,
    now: Timestamp,
) -> Result<Vec<OnHold>, DbErr> {
    // A credit is below zero at Stripe.
    const SUM: &str = "CAST(-SUM(amount_cents) AS BIGINT)";
    type Sum = (Coded<Currency, Entity>, i64, i64);
    let mut sums: BTreeMap<String, OnHold> = BTreeMap::new();
    for those in on_hold(now) {
        let some: Vec<Sum> = Entity::find()
            .select_only()
            .column(Column::Currency)
            .expr_as(Expr::cust("COUNT(*)"), "credits")
            .expr_as(Expr::cust(SUM), "amount")
            .filter(whose.clone())
            .filter(those)
            .group_by(Column::Currency)
            .into_tuple()
            .all(db)
            .await?;
        for (currency, credits, cents) in some {
            let code = currency.code().to_owned();
            let sum = sums.entry(code).or_insert_with(|| OnHold {
                credits: 0,
                amount: Money::new(0, *currency),
            });
            sum.credits += credits.unsigned_abs();
            sum.amount = Money::new(sum.amount.cents() + cents, *currency);
        }
    }
    Ok(sums.into_values().collect())
}

/// The credits of which Stripe knows nothing: those on hold, and those under review whose hold is over. Two
/// conditions, because SQLite uses no partial index for one with an OR in it.
fn on_hold(now: Timestamp) -> [Condition; 2] {
    let held = Condition::all()
        // Written out, because SQLite uses a partial index only for a condition without parameters.
        .add(Expr::cust("credits.state = 'due'"))
        .add(Column::HeldUntil.gt(now));
    let is_over = Condition::any()
        .add(Column::HeldUntil.is_null())
        .add(Column::HeldUntil.lte(now));
    [held, waiting().add(is_over)].map(|those| those.add(Column::FirstSentAt.is_null()))
}

fn either(conditions: [Condition; 2]) -> Condition {
    let [one, other] = conditions;
    Condition::any().add(one).add(other)
}

fn of_beneficiary(site_id: SiteId, member_id: MemberId) -> Condition {
    Condition::all()
        .add(Column::SiteId.eq(site_id))
        .add(Column::BeneficiaryId.eq(member_id))
}

/// Voids the credits of this scope that are on hold: their rows go, and their referrals are Failed for
/// `reason`. Returns how many. What a job has asked Stripe for since is not on hold any more, and stays.
///
/// # Errors
/// If the database fails.
pub async fn void<E: Listed>(
    db: &impl Write,
    scope: Scope,
    reason: &FailureReason,
    now: Timestamp,
) -> Result<u64, DbErr> {
    let held = on_hold(now).map(|those| {
        let held = Entity::find().select_only().column(E::LEDGER);
        E::ID.in_subquery(held.filter(of(scope)).filter(those).into_query())
    });
    // Referrals are locked before credits, as jobs do, and in the order of `lock_short`.
    let locked: Vec<Id<E::Row>> = E::find()
        .select_only()
        .column(E::ID)
        .filter(held.into_iter().fold(Condition::any(), Condition::add))
        .order_by_asc(E::ID)
        .locked()
        .into_tuple()
        .all(db)
        .await?;
    let mut voided = 0;
    for some in locked.chunks(AT_ONCE) {
        let theirs = || E::LEDGER.is_in(some.iter().copied());
        let gone = Entity::delete_many()
            .filter(theirs())
            .filter(either(on_hold(now)))
            .exec(db)
            .await?;
        voided += gone.rows_affected;
        let kept = Entity::find()
            .select_only()
            .column(E::LEDGER)
            .filter(theirs())
            .into_query();
        E::update_many()
            .col_expr(E::STATUS, Expr::value(ReferralStatus::Failed.code()))
            .col_expr(E::REASON, Expr::value(reason.to_text().into_owned()))
            .filter(E::ID.is_in(some.iter().copied()))
            .filter(E::ID.not_in_subquery(kept))
            .exec(db)
            .await?;
    }
    Ok(voided)
}

/// Deletes what a member of the site earned and is on hold. Their referrals are then Pending without a
/// credit: the caller ends them.
///
/// # Errors
/// If the database fails.
pub async fn withdraw_of_member(
    db: &impl Write,
    site_id: SiteId,
    member_id: MemberId,
    now: Timestamp,
) -> Result<(), DbErr> {
    let held = Entity::find()
        .select_only()
        .column(Column::ReferralId)
        .filter(of_beneficiary(site_id, member_id))
        .filter(either(on_hold(now)))
        .into_query();
    // Referrals are locked before credits, as jobs do, and in the order of `lock_short`.
    let _: Vec<ReferralId> = referral::Entity::find()
        .select_only()
        .column(referral::Column::Id)
        .filter(referral::Column::Id.in_subquery(held))
        .order_by_asc(referral::Column::Id)
        .locked()
        .into_tuple()
        .all(db)
        .await?;
    Entity::delete_many()
        .filter(of_beneficiary(site_id, member_id))
        .filter(either(on_hold(now)))
        .exec(db)
        .await
        .map(|_| ())
}

/// Lets the hold of a credit end this much later, as long as its clock was stopped. A credit that never was
/// on hold is not put on hold.
///
/// # Errors
/// If the database fails.
pub async fn extend(db: &impl Write, id: CreditId, by: Duration) -> Result<(), DbErr> {
    let millis = by.max(Duration::ZERO).whole_milliseconds();
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    let later = Expr::col(Column::HeldUntil).add(millis);
    Entity::update_many()
        .col_expr(Column::HeldUntil, later)
        .filter(Column::Id.eq(id))
        .filter(Column::HeldUntil.is_not_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Lets the hold of a credit end at `until`. A credit that Stripe was asked for is not held any more.
///
/// # Errors
/// If the database fails.
pub async fn hold_until(db: &impl Write, id: CreditId, until: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::HeldUntil, Expr::value(until))
        .col_expr(Column::NextAttemptAt, Expr::value(until))
        .filter(Column::Id.eq(id))
        .filter(Expr::cust("credits.state = 'due'"))
        .filter(Column::FirstSentAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}
