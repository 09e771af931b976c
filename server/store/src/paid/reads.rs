//! Finds purchases of either program.

use domain::purchase::CreditCheck;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
};

use super::{Paid, PaidRow};
use crate::{
    PurchaseId, Scope, StripeAccountId, Write,
    entities::{platform_purchase, purchase, site_settings},
    platform_purchases, purchases,
};

/// The purchase, locked until the transaction ends.
pub async fn lock(db: &impl Write, paid: Paid) -> Result<Option<PaidRow>, DbErr> {
    Ok(match paid {
        Paid::Tenant(id) => purchases::lock(db, id).await?.map(PaidRow::Tenant),
        Paid::Platform(id) => platform_purchases::lock(db, id)
            .await?
            .map(PaidRow::Platform),
    })
}

/// The purchase of this scope.
pub async fn of_scope(
    db: &impl ConnectionTrait,
    scope: Scope,
    paid: Paid,
) -> Result<Option<PaidRow>, DbErr> {
    let row = by_id(db, paid).await?;
    Ok(row.filter(|row| row.scope() == scope))
}

/// The purchase, of whatever site.
pub async fn by_id(db: &impl ConnectionTrait, paid: Paid) -> Result<Option<PaidRow>, DbErr> {
    Ok(match paid {
        Paid::Tenant(id) => purchases::by_id(db, id).await?.map(PaidRow::Tenant),
        Paid::Platform(id) => platform_purchases::by_id(db, id)
            .await?
            .map(PaidRow::Platform),
    })
}

/// The purchase that this payment (`pi_…`) paid, locked until the transaction ends: of the account's
/// site, or of the platform program.
pub async fn lock_by_payment(
    db: &impl Write,
    (account, platform): (StripeAccountId, bool),
    payment_intent: &str,
) -> Result<Option<PaidRow>, DbErr> {
    if platform {
        let row = platform_purchases::lock_by_payment(db, payment_intent).await?;
        return Ok(row.map(PaidRow::Platform));
    }
    let row = purchases::lock_by_payment(db, account, payment_intent).await?;
    Ok(row.map(PaidRow::Tenant))
}

/// Whether a tenant's purchase waits for its decision at a site that reviews credits.
pub async fn is_to_review(db: &impl ConnectionTrait, id: PurchaseId) -> Result<bool, DbErr> {
    let reviewing = site_settings::Entity::find()
        .select_only()
        .column(site_settings::Column::SiteId)
        .filter(site_settings::Column::ReviewFrom.is_not_null())
        .into_query();
    let due: Option<PurchaseId> = purchase::Entity::find_by_id(id)
        .select_only()
        .column(purchase::Column::Id)
        .filter(purchase::Column::CreditCheck.eq(CreditCheck::Due.code()))
        .filter(purchase::Column::SiteId.in_subquery(reviewing))
        .into_tuple()
        .one(db)
        .await?;
    Ok(due.is_some())
}

/// The purchases of this scope that these payments (`pi_…`) paid at these accounts.
pub async fn by_payments(
    db: &impl ConnectionTrait,
    scope: Scope,
    accounts: &[StripeAccountId],
    payment_intents: &[&str],
) -> Result<Vec<PaidRow>, DbErr> {
    let payments = payment_intents.iter().copied();
    let mut rows: Vec<PaidRow> = match scope {
        Scope::Site(_) => {
            let its = purchase::Column::PaymentIntentId.is_in(payments);
            let rows = purchase::Entity::find().filter(its).all(db).await?;
            rows.into_iter().map(PaidRow::Tenant).collect()
        }
        Scope::Platform => {
            let its = platform_purchase::Column::PaymentIntentId.is_in(payments);
            let rows = platform_purchase::Entity::find()
                .filter(its)
                .all(db)
                .await?;
            rows.into_iter().map(PaidRow::Platform).collect()
        }
    };
    // Not in the statement: SQLite would read all purchases of the site.
    rows.retain(|row| {
        let of_account = row
            .account()
            .is_some_and(|account| accounts.contains(&account));
        of_account && row.scope() == scope
    });
    Ok(rows)
}
