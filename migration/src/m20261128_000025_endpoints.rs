//! What is known about a Stripe account: whether its key works, which webhook endpoint we created,
//! and whether events arrive.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const COLUMNS: [&str; 7] = [
    "key_worked_at",
    "key_rejected_at",
    "refused_at",
    "unannounced_at",
    "endpoint_id",
    "endpoint_at",
    "retiring_endpoints",
];

/// A key under which a credit was issued worked.
const WORKED: &str = "UPDATE stripe_accounts SET key_worked_at = (SELECT MAX(issued_at) FROM credits \
    WHERE credits.stripe_account_id = stripe_accounts.id)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let known = vec![
            maybe_number("key_worked_at"),
            maybe_number("key_rejected_at"),
            maybe_number("refused_at"),
            maybe_number("unannounced_at"),
            maybe_text("endpoint_id"),
            maybe_number("endpoint_at"),
            maybe_text("retiring_endpoints"),
        ];
        add(manager, "stripe_accounts", known).await?;
        let db = manager.get_connection();
        db.execute_unprepared(WORKED).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "stripe_accounts", &COLUMNS).await
    }
}
