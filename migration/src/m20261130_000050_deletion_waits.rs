//! When the next step of a deletion is tried; and what Checkout sessions that have ended still tell of
//! their buyers is found among what was not removed yet.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const NEXT: &str = "deletion_next_at";
const KEPT: &str = "ix_checkout_sessions_created_at_kept";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null: at once.
        add(manager, "users", vec![maybe_number(NEXT)]).await?;
        let create = format!(
            "CREATE INDEX {KEPT} ON checkout_sessions (created_at) WHERE request IS NOT NULL"
        );
        manager.get_connection().execute_unprepared(&create).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let drop = Index::drop()
            .name(KEPT)
            .table("checkout_sessions")
            .to_owned();
        manager.drop_index(drop).await?;
        remove(manager, "users", &[NEXT]).await
    }
}
