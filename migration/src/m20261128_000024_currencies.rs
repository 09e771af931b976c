//! Payments in another currency than the one that was asked for: what Stripe charged.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const PURCHASES: [&str; 2] = ["purchases", "platform_purchases"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for purchases in PURCHASES {
            let foreign = vec![
                maybe_number("foreign_amount"),
                maybe_text("foreign_currency"),
            ];
            add(manager, purchases, foreign).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for purchases in PURCHASES {
            remove(manager, purchases, &["foreign_currency", "foreign_amount"]).await?;
        }
        Ok(())
    }
}
