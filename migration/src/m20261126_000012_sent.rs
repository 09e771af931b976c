//! When a credit was last sent to Stripe, and with which secret key of the account. Once that key
//! is rolled, only Stripe's balance transactions show whether the credit was issued.

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
