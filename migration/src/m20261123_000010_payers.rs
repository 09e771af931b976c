//! The Stripe customer who paid for a purchase. The member may have another customer by the time
//! the applied balance is read.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "purchases";
const COLUMN: &str = "stripe_customer_id";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, TABLE, vec![maybe_text(COLUMN)]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, TABLE, &[COLUMN]).await
    }
}
