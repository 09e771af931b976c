//! Orders that were paid with another amount than their price are counted on every page of an admin.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Partial, so written in SQL: hardly any order is among them.
const OTHER_AMOUNT: &str = "CREATE INDEX ix_purchases_other_amount ON \
    purchases (site_id, paid_at) WHERE paid_cents <> price_cents";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(OTHER_AMOUNT).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let drop = "DROP INDEX ix_purchases_other_amount";
        db.execute_unprepared(drop).await.map(|_| ())
    }
}
