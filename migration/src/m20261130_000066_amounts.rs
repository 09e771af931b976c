//! Orders that were paid with another amount than their price are counted on every page of an admin, a
//! key that may not write coupons is noted at its account, and each sweep looks for coupons to delete.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Partial, so written in SQL: hardly any order is among them.
const OTHER_AMOUNT: &str = "CREATE INDEX ix_purchases_other_amount ON \
    purchases (site_id, paid_at) WHERE paid_cents <> price_cents";

/// Partial: each coupon is soon deleted.
const COUPONS_LEFT: &str = "CREATE INDEX ix_checkout_sessions_coupon ON \
    checkout_sessions (stripe_account_id, id) WHERE coupon IS NOT NULL";

const COUPONS_REFUSED_AT: &str = "coupons_refused_at";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let noted = vec![maybe_number(COUPONS_REFUSED_AT)];
        add(manager, "stripe_accounts", noted).await?;
        let db = manager.get_connection();
        db.execute_unprepared(OTHER_AMOUNT).await?;
        db.execute_unprepared(COUPONS_LEFT).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in ["ix_checkout_sessions_coupon", "ix_purchases_other_amount"] {
            let drop = format!("DROP INDEX {index}");
            db.execute_unprepared(&drop).await?;
        }
        remove(manager, "stripe_accounts", &[COUPONS_REFUSED_AT]).await
    }
}
