//! When a credit was last sent to Stripe, and under which of the account's secret keys: once that is
//! rolled, only Stripe's books tell whether it was given.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "credits";
const COLUMNS: [&str; 2] = ["last_sent_at", "stripe_account_version"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, TABLE, COLUMNS.map(maybe_number).to_vec()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, TABLE, &COLUMNS).await
    }
}
