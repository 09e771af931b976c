//! What went back of a purchase's credit is found by the purchase, and the few refunds and disputes
//! without a purchase by an index of those alone: SQLite took all rows without the other program's
//! purchase for fewer.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Partial, so written in SQL: what was earned is for no purchase.
const OF_PURCHASE: &str = "CREATE INDEX ix_credits_purchase_id ON \
    credits (purchase_id, id) WHERE purchase_id IS NOT NULL";

/// Creates the unique indexes that keep a refund or dispute to one row for a purchase anew, of all rows
/// or of those with one.
async fn replace(manager: &SchemaManager<'_>, with_one: bool) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for table in ["refunds", "disputes"] {
        for column in ["purchase_id", "platform_purchase_id"] {
            let index = format!("ux_{table}_{column}_stripe_id");
            db.execute_unprepared(&format!("DROP INDEX {index}"))
                .await?;
            let of = match with_one {
                true => format!(" WHERE {column} IS NOT NULL"),
                false => String::new(),
            };
            let create =
                format!("CREATE UNIQUE INDEX {index} ON {table} ({column}, stripe_id){of}");
            db.execute_unprepared(&create).await?;
        }
    }
    Ok(())
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, true).await?;
        let db = manager.get_connection();
        db.execute_unprepared(OF_PURCHASE).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_credits_purchase_id")
            .await?;
        replace(manager, false).await
    }
}
