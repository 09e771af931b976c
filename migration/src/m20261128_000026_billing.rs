//! The address at which Stripe reaches a member, where it is not the one they sign in with.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, "users", vec![maybe_text("billing_email")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "users", &["billing_email"]).await
    }
}
