//! Why a purchase earned nobody a credit.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const PURCHASES: [&str; 2] = ["purchases", "platform_purchases"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for purchases in PURCHASES {
            add(manager, purchases, vec![maybe_text("no_credit")]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for purchases in PURCHASES {
            remove(manager, purchases, &["no_credit"]).await?;
        }
        Ok(())
    }
}
