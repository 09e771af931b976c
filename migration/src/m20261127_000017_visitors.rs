//! Sessions belong to members alone; what visitors did is in their browsers. The rows that visitors
//! left are removed, once.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A quotation mark in what was typed stands behind a backslash, and is none of these.
        let visitors = Query::delete()
            .from_table("sessions")
            .and_where(Expr::col("data").not_like("%\"member\":%"))
            .to_owned();
        manager.exec_stmt(visitors).await
    }

    async fn down(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }
}
