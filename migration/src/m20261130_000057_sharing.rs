//! What a site says about shared links: whether a preview leaves out the first name of who shared it (sites show it
//! by default), and the message that members send along.

use sea_orm_migration::prelude::*;

use crate::columns::{add, flag, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const SITES: &str = "sites";
const WITHOUT_NAMES: &str = "previews_without_names";
const MESSAGE: &str = "share_message";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add(
            manager,
            SITES,
            vec![flag(WITHOUT_NAMES), maybe_text(MESSAGE)],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, SITES, &[WITHOUT_NAMES, MESSAGE]).await
    }
}
