//! Changes of a balance that Stripe made by itself, or that somebody made in its dashboard.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "credits", vec![maybe_text("observed_type")]).await
    }

    /// The earlier schema knows none of them. They stay at Stripe.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM credits WHERE kind = 'observed'")
            .await?;
        remove(manager, "credits", &["observed_type"]).await
    }
}
