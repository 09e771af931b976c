//! When the request for a Checkout session was last sent to Stripe. The session's lifetime counts
//! from then, because a request without a response is sent again.

use sea_orm_migration::prelude::*;

use crate::columns::{add, number, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "checkout_sessions";
const COLUMN: &str = "last_sent_at";
/// A request was repeated until its row was 25 hours old.
const SENT_AT_MOST: &str = "UPDATE checkout_sessions SET last_sent_at = created_at \
                            + CASE WHEN state IN ('requested', 'open') THEN 90000000 ELSE 0 END";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(manager, TABLE, vec![number(COLUMN).default(0).take()]).await?;
        let db = manager.get_connection();
        db.execute_unprepared(SENT_AT_MOST).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, TABLE, &[COLUMN]).await
    }
}
