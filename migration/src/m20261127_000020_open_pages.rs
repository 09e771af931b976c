//! A buyer has at most one open Checkout session for the same product in each Stripe account. In
//! another account of the site, connected earlier or later, there may be one too.

use sea_orm_migration::prelude::*;

use crate::columns::unique;

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "checkout_sessions";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &["open_for"], &["stripe_account_id", "open_for"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        // Only the newest one stays open for its buyer.
        db.execute_unprepared(
            "UPDATE checkout_sessions SET open_for = NULL WHERE EXISTS (SELECT 1 FROM \
             checkout_sessions newer WHERE newer.open_for = checkout_sessions.open_for \
             AND newer.id > checkout_sessions.id)",
        )
        .await?;
        replace(manager, &["stripe_account_id", "open_for"], &["open_for"]).await
    }
}

async fn replace(
    manager: &SchemaManager<'_>,
    old: &[&'static str],
    new: &[&'static str],
) -> Result<(), DbErr> {
    let drop = format!("DROP INDEX ux_{TABLE}_{}", old.join("_"));
    manager.get_connection().execute_unprepared(&drop).await?;
    manager.create_index(unique(TABLE, new)).await
}
