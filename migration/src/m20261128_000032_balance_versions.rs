//! Counts the changes of a balance, so that what Stripe answered before one is not stored after it.

use sea_orm_migration::prelude::*;

use crate::columns::{add, number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = number("balance_version").default(0).take();
        add(manager, "stripe_customers", vec![version]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "stripe_customers", &["balance_version"]).await
    }
}
