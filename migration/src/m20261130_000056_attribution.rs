//! Which of several links counts that one visitor clicked, for each program: the first, unless a program wants the last.
//! And what a new member said about who referred them.

use sea_orm_migration::prelude::*;

use crate::columns::{add, maybe_text, remove, text};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SETTINGS: [&str; 2] = ["site_settings", "platform_settings"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for settings in SETTINGS {
            let model = text("attribution_model").default("first_click").take();
            add(manager, settings, vec![model]).await?;
        }
        // Null where they said nothing, or came through a link.
        add(manager, "users", vec![maybe_text("referred_by_words")]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "users", &["referred_by_words"]).await?;
        for settings in SETTINGS {
            remove(manager, settings, &["attribution_model"]).await?;
        }
        Ok(())
    }
}
