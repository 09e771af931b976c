//! Credits under review, the cards that are compared for it, and from how many signs on a program has a review:
//! none by default.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SETTINGS: [&str; 2] = ["site_settings", "platform_settings"];
const PURCHASES: [&str; 2] = ["purchases", "platform_purchases"];
/// Partial, so written in SQL: few credits wait for a person.
const UNDER_REVIEW: &str = "CREATE INDEX ix_credits_under_review ON credits (program, site_id, id) \
    WHERE state = 'due' AND review = 'waiting'";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for settings in SETTINGS {
            add(manager, settings, vec![maybe_text("review_from")]).await?;
        }
        for purchases in PURCHASES {
            let card = vec![
                // Stripe's fingerprint; null also of what no card paid.
                maybe_text("card_fingerprint"),
                // Whether Stripe was asked.
                flag("card_read"),
            ];
            add(manager, purchases, card).await?;
        }
        // Both or neither.
        let review = vec![maybe_text("review"), maybe_text("review_signs")];
        add(manager, "credits", review).await?;
        let db = manager.get_connection();
        db.execute_unprepared(UNDER_REVIEW).await?;
        Ok(())
    }

    /// The earlier schema knows no review: what waits for one is issued.
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ix_credits_under_review")
            .await?;
        remove(manager, "credits", &["review", "review_signs"]).await?;
        for purchases in PURCHASES {
            remove(manager, purchases, &["card_fingerprint", "card_read"]).await?;
        }
        for settings in SETTINGS {
            remove(manager, settings, &["review_from"]).await?;
        }
        Ok(())
    }
}
