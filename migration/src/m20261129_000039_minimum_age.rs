//! The age that a site asks of who registers; none by default.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "site_settings", vec![maybe_number("minimum_age")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "site_settings", &["minimum_age"]).await
    }
}
