//! The terms and the privacy policy of each site.

use sea_orm_migration::prelude::*;

use crate::columns::{add, make, maybe_text, number, points_to, remove, table, text, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SITES: &str = "sites";
const POLICIES: &str = "site_policies";
const HASHES: [&str; 2] = ["terms_hash", "privacy_hash"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, SITES, HASHES.map(maybe_text).to_vec()).await?;
        let policies = table(POLICIES)
            .col(number("site_id"))
            .col(text("policy"))
            .col(text("content"))
            .primary_key(
                Index::create()
                    .col(Alias::new("site_id"))
                    .col(Alias::new("policy")),
            )
            .foreign_key(&mut points_to(POLICIES, "site_id", SITES))
            .take();
        make(manager, vec![policies], Vec::new()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &[POLICIES]).await?;
        remove(manager, SITES, &HASHES).await
    }
}
