//! How a holder got their Stripe customer, and the moves of credits from one customer to another.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "stripe_customers", vec![maybe_text("source")]).await
    }

    /// The earlier schema knows no moves. What they did stays at Stripe.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM credits WHERE kind IN ('moved_out', 'moved_in')")
            .await?;
        remove(manager, "stripe_customers", &["source"]).await
    }
}
