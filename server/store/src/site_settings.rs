//! A site's settings, which its admins change.

use domain::money::Money;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, sea_query::Expr};

use super::entities::site_settings::{Column, Entity, Model};
use crate::{SiteId, Write, row_lock::RowLock};

/// The settings that an admin can change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Values {
    /// The credit for one referral, in the site's currency.
    pub credit: Money,
    /// How many days a referral is remembered beyond the session; 0 ends it with the browser
    /// session.
    pub memory_days: i64,
}

impl Model {
    /// The current values.
    pub fn values(&self) -> Values {
        let currency = *self.currency;
        Values {
            credit: Money::new(self.tenant_credit_cents, currency),
            memory_days: self.referral_memory_days,
        }
    }
}

/// The site's current settings, locked until the transaction ends.
pub async fn lock(db: &impl Write, site_id: SiteId) -> Result<Model, DbErr> {
    let row = Entity::find_by_id(site_id).locked().one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("site_settings".to_owned()))
}

/// Sets the age that whoever registers has at least, in years. It has no version: the form holds
/// nothing else.
pub async fn set_minimum_age(
    db: &impl Write,
    site_id: SiteId,
    years: Option<i64>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::MinimumAge, Expr::value(years))
        .filter(Column::SiteId.eq(site_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Changes the settings; `false` if the row no longer has `version` because another admin saved
/// meanwhile.
pub async fn save(
    db: &impl Write,
    site_id: SiteId,
    version: i64,
    values: Values,
) -> Result<bool, DbErr> {
    let Values {
        credit,
        memory_days,
    } = values;
    let saved = Entity::update_many()
        .col_expr(Column::TenantCreditCents, Expr::value(credit.cents()))
        .col_expr(Column::Currency, Expr::value(credit.currency().code()))
        .col_expr(Column::ReferralMemoryDays, Expr::value(memory_days))
        .col_expr(Column::Version, Expr::value(version + 1))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Version.eq(version))
        .exec(db)
        .await?;
    Ok(saved.rows_affected > 0)
}
