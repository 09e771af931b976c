//! Only members have sessions; visitors have cookies instead. The sessions that visitors left are
//! deleted once.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A quotation mark in a value is escaped with a backslash, so it does not match this
        // pattern.
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
