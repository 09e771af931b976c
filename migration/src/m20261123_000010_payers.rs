//! Which of Stripe's customers paid. The member's own may be another one by the time it is asked what
//! their balance paid.

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
