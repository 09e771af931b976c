//! Whether a site shows the documentation of the mobile API. Tenants that are there go on showing it.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SITES: &str = "sites";
const API_DOCS: &str = "api_docs";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, SITES, vec![flag(API_DOCS)]).await?;
        let db = manager.get_connection();
        let show = "UPDATE sites SET api_docs = true WHERE kind = 'tenant'";
        db.execute_unprepared(show).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, SITES, &[API_DOCS]).await
    }
}
