//! What changes in a customer's row. An event or a call changes the row of its own account alone.

use domain::money::Money;
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, ExprTrait},
};

use super::{HolderId, insert, new_row};
use crate::Write;
use crate::entities::{
    platform_referrer,
    stripe_customer::{ActiveModel, Column, Entity, Model},
};
use crate::{MemberId, PlatformReferrerId, StripeAccountId, Timestamp};

/// Remembers the customer of a row; `false` if another was remembered since the row was read, which
/// stays, or if the address of the partner whose it is is not `email` any more: then it may be
/// somebody else's.
pub async fn set_customer(
    db: &impl Write,
    row: &Model,
    email: &str,
    customer_id: &str,
    marked: bool,
) -> Result<bool, DbErr> {
    let replaced = row.customer_id.as_deref();
    let ours = Condition::any()
        .add(Column::CustomerId.is_null())
        .add(Column::CustomerId.is_in([replaced, Some(customer_id)].into_iter().flatten()));
    let same_address = platform_referrer::Entity::find()
        .select_only()
        .column(platform_referrer::Column::Id)
        .filter(platform_referrer::Column::Email.eq(email))
        .into_query();
    let of_partner = Condition::any()
        .add(Column::PlatformReferrerId.is_null())
        .add(Column::PlatformReferrerId.in_subquery(same_address));
    let mut update = Entity::update_many()
        .col_expr(Column::CustomerId, Expr::value(customer_id))
        .col_expr(Column::Marked, Expr::value(marked));
    if replaced != Some(customer_id) {
        update = update
            .col_expr(Column::BalanceCents, Expr::value(Option::<i64>::None))
            .col_expr(
                Column::BalanceReadAt,
                Expr::value(Option::<Timestamp>::None),
            );
    }
    let written = update
        .filter(Column::Id.eq(row.id))
        .filter(ours)
        .filter(of_partner)
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Remembers the customer that Checkout made for a member at this account, unless one is known there.
/// It has none of our metadata yet.
pub async fn adopt(
    db: &impl Write,
    account_id: StripeAccountId,
    user_id: MemberId,
    customer_id: &str,
) -> Result<(), DbErr> {
    let holder = HolderId::Member(user_id);
    let row = ActiveModel {
        customer_id: Set(Some(customer_id.to_owned())),
        key_token: Set(Some(customer_id.to_owned())),
        ..new_row(account_id, holder)
    };
    if insert(db, row, holder).await? {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::CustomerId, Expr::value(customer_id))
        .col_expr(Column::Marked, Expr::value(false))
        .filter(at(account_id, holder))
        .filter(Column::CustomerId.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Our metadata is on the customer of this row.
pub async fn set_marked(db: &impl Write, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Marked, Expr::value(true))
        .filter(Column::Id.eq(row.id))
        .filter(Column::CustomerId.eq(row.customer_id.clone()))
        .exec(db)
        .await
        .map(|_| ())
}

/// The holder's customer `customer_id` is no more. One that was remembered meanwhile stays.
pub async fn forget_customer(
    db: &impl Write,
    account_id: StripeAccountId,
    holder: HolderId,
    customer_id: &str,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CustomerId, Expr::value(Option::<String>::None))
        .col_expr(Column::Marked, Expr::value(false))
        .col_expr(
            Column::BalanceReadAt,
            Expr::value(Option::<Timestamp>::None),
        )
        .col_expr(Column::BalanceCents, Expr::value(Option::<i64>::None))
        .col_expr(Column::BalanceCurrency, Expr::value(Option::<String>::None))
        .filter(at(account_id, holder))
        .filter(Column::CustomerId.eq(customer_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The next customer made for this holder gets a key of its own.
pub async fn next_generation(db: &impl Write, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Generation, Expr::value(row.generation + 1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Generation.eq(row.generation))
        .exec(db)
        .await
        .map(|_| ())
}

/// A partner got another name or address: the next customer made for them gets a key of its own, since
/// a key is bound to what was sent. With another `address`, the customer is looked for again.
pub async fn partner_changed(
    db: &impl Write,
    partner_id: PlatformReferrerId,
    address: bool,
) -> Result<(), DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .filter(Column::PlatformReferrerId.eq(partner_id));
    if address {
        update = update
            .col_expr(Column::CustomerId, Expr::value(Option::<String>::None))
            .col_expr(Column::Marked, Expr::value(false));
    }
    update.exec(db).await.map(|_| ())
}

/// Remembers the credit on the balance of `customer_id`, in the holder's favour, as Stripe had it at
/// `read_at`.
pub async fn set_balance(
    db: &impl Write,
    account_id: StripeAccountId,
    holder: HolderId,
    customer_id: &str,
    balance: Money,
    read_at: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BalanceCents, Expr::value(balance.cents()))
        .col_expr(
            Column::BalanceCurrency,
            Expr::value(balance.currency().code()),
        )
        .col_expr(Column::BalanceReadAt, Expr::value(read_at))
        .filter(at(account_id, holder))
        .filter(Column::CustomerId.eq(customer_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// The balance has changed at Stripe: what we remember is old.
pub async fn forget_balance(
    db: &impl Write,
    account_id: StripeAccountId,
    holder: HolderId,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(
            Column::BalanceReadAt,
            Expr::value(Option::<Timestamp>::None),
        )
        .filter(at(account_id, holder))
        .exec(db)
        .await
        .map(|_| ())
}

fn at(account_id: StripeAccountId, holder: HolderId) -> Condition {
    Condition::all()
        .add(Column::StripeAccountId.eq(account_id))
        .add(holder.column().eq(holder.id()))
}
