//! The settings of the platform program, in a single row.

use domain::money::{Currency, Money};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr,
};

use super::entities::platform_settings::{Column, Entity, Model};
use crate::{StripeAccountId, Write, row_lock::RowLock};

/// The id of the only row, which the migration inserts.
const ROW: i64 = 1;

impl Model {
    /// The credit for one platform referral; zero means that the program is off. Plans are sold in
    /// US dollars, and so are these credits (`docs/rules.md` 24).
    pub fn platform_credit(&self) -> Money {
        Money::new(self.platform_credit_cents, Currency::Usd)
    }
}

/// The current settings.
pub async fn get(db: &impl ConnectionTrait) -> Result<Model, DbErr> {
    row(Entity::find_by_id(ROW).one(db).await?)
}

/// The current settings, locked until the transaction ends.
pub async fn lock(db: &impl Write) -> Result<Model, DbErr> {
    row(Entity::find_by_id(ROW).locked().one(db).await?)
}

fn row(found: Option<Model>) -> Result<Model, DbErr> {
    found.ok_or_else(|| DbErr::RecordNotFound("platform_settings".to_owned()))
}

/// Changes the credit amount (cents) and the referral memory (days); `false` if the row no longer
/// has `version` because another admin saved meanwhile.
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

/// Sets the credit amount in cents without checking the version.
pub async fn set_platform_credit(db: &impl Write, cents: i64) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::PlatformCreditCents, Expr::value(cents))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.eq(ROW))
        .exec(db)
        .await
        .map(|_| ())
}

/// Connects the platform to a Stripe account, or disconnects it with `None`.
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
