//! Browser sessions and API tokens have the version of their member. Increasing the member's
//! version ends all of them at once, including those that are being created at the moment.

use sea_orm_migration::prelude::*;

use crate::columns::{add, number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLES: [&str; 2] = ["users", "api_tokens"];
const COLUMN: &str = "session_version";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            add(manager, table, vec![number(COLUMN).default(0).take()]).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in TABLES {
            remove(manager, table, &[COLUMN]).await?;
        }
        Ok(())
    }
}
