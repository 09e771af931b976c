//! When admins are next mailed what needs their attention, and who wants no such mail.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag, make, number, remove, table, text, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let digests = table("attention_digests")
            // `site:5`, or `platform`.
            .col(text("program").primary_key())
            .col(number("due_at"))
            .take();
        make(manager, vec![digests], Vec::new()).await?;
        add(manager, "users", vec![flag("mutes_attention")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "users", &["mutes_attention"]).await?;
        unmake(manager, &["attention_digests"]).await
    }
}
