//! Deletes the session rows of visitors. Only members have stored sessions now; visitors' data is
//! in their browsers.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Typed text cannot match this pattern, because JSON escapes its quotation marks.
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
