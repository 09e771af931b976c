//! Changes to a customer's row. An event or a call changes only the row of its own account.

use domain::{money::Money, referral::CustomerSource};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Set,
    UpdateMany,
    sea_query::{Expr, ExprTrait},
};

use super::{HolderId, insert, new_row};
use crate::{
    MemberId, PlatformReferrerId, StripeAccountId, Timestamp, Write,
    entities::{
        platform_referrer,
        stripe_customer::{ActiveModel, Column, Entity, Model},
    },
};

/// What is known of a customer beside its id.
#[derive(Clone, Copy)]
pub struct Known {
    /// Whether it carries our metadata.
    pub marked: bool,
    pub source: Option<CustomerSource>,
}

/// Stores the customer of a row. `false` if another customer was stored since the row was read,
/// which stays. Also `false` if the row's platform referrer no longer has the address `email`,
/// because the customer may then belong to another person.
pub async fn set_customer(
    db: &impl Write,
    row: &Model,
    email: &str,
    customer_id: &str,
    known: Known,
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
        .col_expr(Column::Marked, Expr::value(known.marked))
        .col_expr(
            Column::Source,
            Expr::value(known.source.map(CustomerSource::code)),
        );
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

/// Stores the customer that Checkout created for a member at this account, unless one is known
/// there. The customer does not carry our metadata yet.
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
        .col_expr(Column::Source, Expr::value(None::<String>))
        .filter(at(account_id, holder))
        .filter(Column::CustomerId.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that the row's customer carries our metadata.
pub async fn set_marked(db: &impl Write, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Marked, Expr::value(true))
        .filter(Column::Id.eq(row.id))
        .filter(Column::CustomerId.eq(row.customer_id.clone()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Removes the customer `customer_id`, which no longer exists. A customer stored meanwhile stays.
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

/// Makes sure that the person's next customer is created under a new idempotency key.
pub async fn next_generation(db: &impl Write, row: &Model) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Generation, Expr::value(row.generation + 1))
        .filter(Column::Id.eq(row.id))
        .filter(Column::Generation.eq(row.generation))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that a platform referrer's name or address changed. Their next customer is created under
/// a new idempotency key, because a key is bound to its parameters. If the `address` changed, the
/// customer must be searched for again.
pub async fn platform_referrer_changed(
    db: &impl Write,
    platform_referrer_id: PlatformReferrerId,
    address: bool,
) -> Result<(), DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::Generation, Expr::col(Column::Generation).add(1))
        .filter(Column::PlatformReferrerId.eq(platform_referrer_id));
    if address {
        update = update
            .col_expr(Column::CustomerId, Expr::value(Option::<String>::None))
            .col_expr(Column::Marked, Expr::value(false));
    }
    update.exec(db).await.map(|_| ())
}

/// Replaces the customer `seen` of a row by the one that an admin chose, which does not carry our
/// metadata yet. `false` if the row has another customer meanwhile.
pub async fn choose(
    db: &impl Write,
    row: &Model,
    seen: Option<&str>,
    customer_id: &str,
    known: Known,
) -> Result<bool, DbErr> {
    let same = match seen {
        Some(seen) => Column::CustomerId.eq(seen),
        None => Column::CustomerId.is_null(),
    };
    let written = Entity::update_many()
        .col_expr(Column::CustomerId, Expr::value(customer_id))
        .col_expr(Column::Marked, Expr::value(known.marked))
        .col_expr(
            Column::Source,
            Expr::value(known.source.map(CustomerSource::code)),
        )
        .col_expr(Column::BalanceCents, Expr::value(Option::<i64>::None))
        .col_expr(
            Column::BalanceReadAt,
            Expr::value(Option::<Timestamp>::None),
        )
        .filter(Column::Id.eq(row.id))
        .filter(same)
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// Stores the balance that Stripe had at `read_at`, positive in the customer's favor, unless it
/// changed since `row` was read: Stripe may have answered before that.
pub async fn set_balance(
    db: &impl Write,
    row: &Model,
    balance: Money,
    read_at: Timestamp,
) -> Result<(), DbErr> {
    with_balance(balance)
        .col_expr(Column::BalanceReadAt, Expr::value(read_at))
        .filter(Column::Id.eq(row.id))
        .filter(Column::CustomerId.eq(row.customer_id.clone()))
        .filter(Column::BalanceVersion.eq(row.balance_version))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that a transaction of ours changed the balance of `customer_id` to `ending`. It is shown
/// while Stripe does not answer; otherwise Stripe is asked again, because the transactions of one
/// customer may be recorded in another order than Stripe's.
pub async fn balance_changed(
    db: &impl Write,
    account_id: StripeAccountId,
    holder: HolderId,
    customer_id: &str,
    ending: Money,
) -> Result<(), DbErr> {
    outdated(with_balance(ending))
        .filter(at(account_id, holder))
        .filter(Column::CustomerId.eq(customer_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Marks the stored balance as outdated, because it changed at Stripe.
pub async fn forget_balance(
    db: &impl Write,
    account_id: StripeAccountId,
    holder: HolderId,
) -> Result<(), DbErr> {
    outdated(Entity::update_many())
        .filter(at(account_id, holder))
        .exec(db)
        .await
        .map(|_| ())
}

fn with_balance(balance: Money) -> UpdateMany<Entity> {
    let currency = balance.currency().code();
    Entity::update_many()
        .col_expr(Column::BalanceCents, Expr::value(balance.cents()))
        .col_expr(Column::BalanceCurrency, Expr::value(currency))
}

fn outdated(update: UpdateMany<Entity>) -> UpdateMany<Entity> {
    let next = Expr::col(Column::BalanceVersion).add(1);
    let never = Expr::value(Option::<Timestamp>::None);
    update
        .col_expr(Column::BalanceVersion, next)
        .col_expr(Column::BalanceReadAt, never)
}

fn at(account_id: StripeAccountId, holder: HolderId) -> Condition {
    Condition::all()
        .add(Column::StripeAccountId.eq(account_id))
        .add(holder.column().eq(holder.id()))
}
