//! The index of the search words that finds the words of a row now includes the site. Without it,
//! SQLite read every word of the site instead of using the index.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

const BY_SITE: [&str; 3] = ["subject", "site_id", "row_id"];
const BY_ROW: [&str; 2] = ["subject", "row_id"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &BY_ROW, &BY_SITE).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, &BY_SITE, &BY_ROW).await
    }
}

async fn replace(
    manager: &SchemaManager<'_>,
    old: &[&'static str],
    new: &[&'static str],
) -> Result<(), DbErr> {
    let drop = format!("DROP INDEX ix_search_words_{}", old.join("_"));
    let db = manager.get_connection();
    db.execute_unprepared(&drop).await?;
    manager.create_index(index("search_words", new)).await
}
