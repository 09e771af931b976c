//! Counter sales that are undone: why, and what became of the credit that they had earned.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Each ledger row is undone by one other row at most.
const UNDONE_ONCE: &str =
    "CREATE UNIQUE INDEX ux_credits_undoes ON credits (undoes) WHERE undoes IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let undone = vec![maybe_number("undone_at"), maybe_text("undone_reason")];
        add(manager, "purchases", undone).await?;
        add(manager, "credits", vec![maybe_number("undoes")]).await?;
        for referrals in ["referrals", "platform_referrals"] {
            add(manager, referrals, vec![maybe_number("taken_back_cents")]).await?;
        }
        let db = manager.get_connection();
        db.execute_unprepared(UNDONE_ONCE).await?;
        Ok(())
    }

    /// In the earlier schema an undone sale is a purchase that was not paid.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ux_credits_undoes")
            .await?;
        db.execute_unprepared("DELETE FROM credits WHERE kind IN ('reversed', 'restored')")
            .await?;
        db.execute_unprepared("UPDATE purchases SET state = 'expired' WHERE state = 'undone'")
            .await?;
        for referrals in ["platform_referrals", "referrals"] {
            remove(manager, referrals, &["taken_back_cents"]).await?;
        }
        remove(manager, "credits", &["undoes"]).await?;
        remove(manager, "purchases", &["undone_reason", "undone_at"]).await
    }
}
