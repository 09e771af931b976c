//! The settings of the platform program: one row.

use crate::StripeAccountId;
use domain::money::{Currency, Money};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};

use super::entities::platform_settings::{Column, Entity, Model};
use crate::Write;

/// The id of the row; the migration makes it.
const ROW: i64 = 1;

impl Model {
    /// What one referral of a partner earns now; zero: the program is off. Plans are sold in US
    /// dollars, and so are these credits (`docs/rules.md` 24).
    pub fn platform_credit(&self) -> Money {
        Money::new(self.platform_credit_cents, Currency::Usd)
    }
}

/// The settings as they are now.
pub async fn get(db: &impl ConnectionTrait) -> Result<Model, DbErr> {
    row(Entity::find_by_id(ROW).one(db).await?)
}

/// The same, locked until the transaction ends.
pub async fn lock(db: &impl Write) -> Result<Model, DbErr> {
    row(Entity::find_by_id(ROW).lock_exclusive().one(db).await?)
}

fn row(found: Option<Model>) -> Result<Model, DbErr> {
    found.ok_or_else(|| DbErr::RecordNotFound("platform_settings".to_owned()))
}

/// Changes the amount (cents) and the memory (days); `false` if the row is not at `version` any
/// more, because another admin saved meanwhile.
pub async fn save(
    db: &impl Write,
    version: i64,
    credit_cents: i64,
    memory_days: i64,
) -> Result<bool, DbErr> {
    let saved = Entity::update_many()
        .col_expr(Column::PlatformCreditCents, Expr::value(credit_cents))
        .col_expr(Column::ReferralMemoryDays, Expr::value(memory_days))
        .col_expr(Column::Version, Expr::value(version + 1))
        .filter(Column::Id.eq(ROW))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(saved.rows_affected > 0)
}

/// Sets the amount, in cents, whoever changed what meanwhile.
pub async fn set_platform_credit(db: &impl Write, cents: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PlatformCreditCents, Expr::value(cents))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(ROW))
        .exec(db)
        .await
        .map(|_| ())
}

/// Connects the platform to a Stripe account, or, with `None`, disconnects it.
pub async fn set_stripe_account(
    db: &impl Write,
    account: Option<StripeAccountId>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::StripeAccountId, Expr::value(account))
        .filter(Column::Id.eq(ROW))
        .exec(db)
        .await
        .map(|_| ())
}
