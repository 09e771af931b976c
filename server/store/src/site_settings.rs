//! What an admin sets for a site.

use domain::money::Money;
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};

use super::entities::site_settings::{Column, Entity, Model};
use crate::SiteId;
use crate::Write;

/// What can be set, as it is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Values {
    /// What one referral earns; its currency is the site's.
    pub credit: Money,
    /// Days that a referral outlives the session; 0: it ends with the browser.
    pub memory_days: i64,
}

impl Model {
    /// The values as they are.
    pub fn values(&self) -> Values {
        let currency = *self.currency;
        Values {
            credit: Money::new(self.tenant_credit_cents, currency),
            memory_days: self.referral_memory_days,
        }
    }
}

/// The settings of the site as they are now, locked until the transaction ends.
pub async fn lock(db: &impl Write, site_id: SiteId) -> Result<Model, DbErr> {
    let row = Entity::find_by_id(site_id).lock_exclusive().one(db).await?;
    row.ok_or_else(|| DbErr::RecordNotFound("site_settings".to_owned()))
}

/// Changes the settings; `false` if the row is not at `version` any more, because another admin
/// saved meanwhile.
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
