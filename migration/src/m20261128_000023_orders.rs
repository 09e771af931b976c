//! Indexes for the console's orders, and the words that find a platform purchase by its buyer.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// One index for all orders, one for those in a state, and one for those of a product. The last
/// also contains the state, so that it is evaluated without reading the rows.
const INDEXES: [(&str, &str); 6] = [
    ("ix_purchases_date", "purchases (site_id, created_at, id)"),
    (
        "ix_purchases_state_date",
        "purchases (site_id, state, created_at, id)",
    ),
    (
        "ix_purchases_product_date",
        "purchases (site_id, product_id, created_at, id, state)",
    ),
    (
        "ix_platform_purchases_date",
        "platform_purchases (created_at, id)",
    ),
    (
        "ix_platform_purchases_state_date",
        "platform_purchases (state, created_at, id)",
    ),
    (
        "ix_platform_purchases_plan_date",
        "platform_purchases (site_id, plan, created_at, id, state)",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (name, columns) in INDEXES {
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {columns}"))
                .await?;
        }
        // Rows from now on also get the other parts of the address.
        for word in ["email", before_at(manager.get_database_backend())] {
            db.execute_unprepared(&format!(
                "INSERT INTO search_words (subject, site_id, word, row_id) \
                 SELECT 'buyer', 0, {word}, id \
                 FROM (SELECT id, lower(customer_email) AS email FROM platform_purchases) AS bought \
                 WHERE email IS NOT NULL AND {word} <> '' ON CONFLICT DO NOTHING"
            ))
            .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DELETE FROM search_words WHERE subject = 'buyer'")
            .await?;
        for (name, _) in INDEXES {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }
}

/// The part of `email` before its `@`; empty without one.
fn before_at(database: DatabaseBackend) -> &'static str {
    match database {
        DatabaseBackend::Postgres => "left(email, greatest(strpos(email, '@') - 1, 0))",
        _ => "substr(email, 1, max(instr(email, '@') - 1, 0))",
    }
}
