//! How many days after registering the members of a site can name who referred them: none by default.

use sea_orm_migration::prelude::*;

use crate::columns::{add, number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SITES: &str = "sites";
const DAYS: &str = "referrer_days";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, SITES, vec![number(DAYS).default(0).take()]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, SITES, &[DAYS]).await
    }
}
