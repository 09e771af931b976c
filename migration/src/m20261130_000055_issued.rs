//! The books add up what is at Stripe, of one program: without an index of those rows, the page of one site
//! reads the ledger of all.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Partial, so written in SQL: only what is at Stripe counts.
const ISSUED: &str =
    "CREATE INDEX ix_credits_issued ON credits (program, site_id, kind) WHERE state = 'issued'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared(ISSUED).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_credits_issued")
            .await?;
        Ok(())
    }
}
