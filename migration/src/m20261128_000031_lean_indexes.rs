//! Fewer index entries for each change of a purchase: PostgreSQL writes one into every index whose
//! columns a row has, and a payment is the busiest change there is.

use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The index of orders in a state leaves out the paid ones: most are, so that the index by date finds
/// them as soon. The index of a product's orders needs no site, and no state that changes. Purchases on
/// the web have no token of a form.
const INDEXES: [[&str; 3]; 3] = [
    [
        "INDEX ix_purchases_state_date",
        "purchases (site_id, state, created_at, id)",
        "WHERE state <> 'paid'",
    ],
    [
        "INDEX ix_purchases_product_date",
        "purchases (product_id, created_at, id)",
        "",
    ],
    [
        "UNIQUE INDEX ux_purchases_sale_token",
        "purchases (sale_token)",
        "WHERE sale_token IS NOT NULL",
    ],
];

const EARLIER: [[&str; 3]; 3] = [
    [
        "INDEX ix_purchases_state_date",
        "purchases (site_id, state, created_at, id)",
        "",
    ],
    [
        "INDEX ix_purchases_product_date",
        "purchases (site_id, product_id, created_at, id, state)",
        "",
    ],
    [
        "UNIQUE INDEX ux_purchases_sale_token",
        "purchases (sale_token)",
        "",
    ],
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, INDEXES).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, EARLIER).await
    }
}

async fn replace(manager: &SchemaManager<'_>, indexes: [[&str; 3]; 3]) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for [index, columns, rows] in indexes {
        let name = index.trim_start_matches("UNIQUE ");
        db.execute_unprepared(&format!("DROP {name}")).await?;
        db.execute_unprepared(&format!("CREATE {index} ON {columns} {rows}"))
            .await?;
    }
    Ok(())
}
