//! Keys that do not follow from `APP_SECRET`, and outlive it: each is sealed under it.

use sea_orm_migration::prelude::*;

use crate::columns::{make, number, table, text, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

const DATA_KEYS: &str = "data_keys";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = table(DATA_KEYS)
            .col(text("name").primary_key())
            .col(text("sealed_key"))
            .col(number("created_at"))
            .take();
        make(manager, vec![keys], Vec::new()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &[DATA_KEYS]).await
    }
}
