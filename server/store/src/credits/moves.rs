//! Moves of credits from one Stripe customer of a holder to another: a debit there, and a credit here
//! once Stripe has the debit.

use anyhow::Context;
use domain::{
    credit::{CreditKind, CreditState, StripeAmount},
    money::Money,
    stripe_keys::StripeMode,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set, sea_query::Expr,
};

use super::reversals::{insert, undoing};
use crate::{
    CreditId, Timestamp, Write,
    entities::credit::{ActiveModel, Column, Entity, Model},
    stripe_customers::HolderId,
};

/// The most credits that are moved at a time.
const MOST: u64 = 1_000;

/// The holder's credits in this mode that are on another customer than `present`, oldest first:
/// neither reversed nor moved away since.
pub async fn elsewhere(
    db: &impl ConnectionTrait,
    holder: HolderId,
    mode: StripeMode,
    present: &str,
) -> Result<Vec<Model>, DbErr> {
    let undone = Entity::find()
        .select_only()
        .column(Column::Undoes)
        .filter(Column::Undoes.is_not_null())
        .into_query();
    let kinds =
        [CreditKind::Earned, CreditKind::Granted, CreditKind::MovedIn].map(CreditKind::code);
    Entity::find()
        .filter(of(holder))
        .filter(Column::Kind.is_in(kinds))
        .filter(Column::State.eq(CreditState::Issued.code()))
        .filter(Column::Livemode.eq(mode.livemode()))
        .filter(Column::StripeCustomerId.ne(present))
        .filter(Column::Id.not_in_subquery(undone))
        .order_by_asc(Column::Id)
        .limit(MOST)
        .all(db)
        .await
}

fn of(holder: HolderId) -> Condition {
    Condition::all().add(match holder {
        HolderId::Member(id) => Column::BeneficiaryId.eq(id),
        HolderId::PlatformReferrer(id) => Column::PlatformReferrerId.eq(id),
    })
}

/// Adds the due debit that moves `amount` of a credit away from its customer, and returns its id.
/// `None` if it was moved before, or too often. The caller holds the lock of its referral.
///
/// # Errors
/// If the database fails, or the amount does not fit.
pub async fn insert_moved_out(
    db: &impl Write,
    credit: &Model,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let Some(key) = credit.key().of_move() else {
        return Ok(None);
    };
    let taken = StripeAmount::of_debit(amount).context("an amount that fits")?;
    let row = undoing(credit, CreditKind::MovedOut, &key, taken, now);
    insert(db, row, &key).await
}

/// Adds the due credit that arrives by the move, and returns its id. It goes to the customer whom the
/// holder has when it is posted.
///
/// # Errors
/// If the database fails, or the row is no move.
pub async fn insert_moved_in(
    db: &impl Write,
    moved_out: &Model,
    amount: Money,
    now: Timestamp,
) -> anyhow::Result<Option<CreditId>> {
    let key = moved_out.key().of_arrival().context("the key of a move")?;
    let given = StripeAmount::of_credit(amount).context("an amount that fits")?;
    let row = ActiveModel {
        stripe_account_id: Set(None),
        stripe_account_version: Set(None),
        stripe_customer_id: Set(None),
        ..undoing(moved_out, CreditKind::MovedIn, &key, given, now)
    };
    insert(db, row, &key).await
}

/// Records that a move moved nothing: the credit is still where it was.
pub async fn let_stay(db: &impl Write, moved_out: CreditId) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Undoes, Expr::value(Option::<CreditId>::None))
        .filter(Column::Id.eq(moved_out))
        .exec(db)
        .await
        .map(|_| ())
}

/// What is due because of this row: what arrives by a move.
///
/// # Errors
/// If the database fails.
pub async fn due_after(db: &impl ConnectionTrait, id: CreditId) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::Undoes.eq(id))
        .filter(Column::State.eq(CreditState::Due.code()))
        .all(db)
        .await
}

/// The row by which the credit is where it is now: its own, or that of its last move.
///
/// # Errors
/// If the database fails.
pub async fn standing(db: &impl ConnectionTrait, credit: Model) -> Result<Model, DbErr> {
    let mut row = credit;
    let moves = [CreditKind::MovedOut, CreditKind::MovedIn].map(CreditKind::code);
    loop {
        let next = Entity::find()
            .filter(Column::Undoes.eq(row.id))
            .filter(Column::Kind.is_in(moves))
            .one(db)
            .await?;
        match next {
            Some(next) => row = next,
            None => return Ok(row),
        }
    }
}

/// The credit that a move, or a reversal of it, goes back to; the row itself if it is neither.
///
/// # Errors
/// If the database fails.
pub async fn origin(db: &impl ConnectionTrait, row: Model) -> Result<Model, DbErr> {
    let mut origin = row;
    while let Some(id) = origin.undoes {
        match super::by_id(db, id).await? {
            Some(before) => origin = before,
            None => break,
        }
    }
    Ok(origin)
}
