//! Second factors of accounts, whether a site requires one of everybody who opens its console, and
//! whether it counts only friends who confirmed their address.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, flag, id, make, maybe_number, number, points_to, remove, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let site = vec![
            flag("second_factor_required"),
            flag("confirmed_friends_only"),
        ];
        add(manager, "sites", site).await?;
        let factors = table("second_factors")
            .col(id())
            .col(number("user_id"))
            .col(text("sealed_secret"))
            .col(number("begun_at"))
            // Null while it is being set up.
            .col(maybe_number("confirmed_at"))
            // A code counts time in steps of 30 seconds, and works once.
            .col(number("last_step"))
            // One bit for each recovery code.
            .col(number("used_codes"))
            .foreign_key(&mut points_to("second_factors", "user_id", "users"))
            .take();
        let once = vec![unique("second_factors", &["user_id"])];
        make(manager, vec![factors], once).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["second_factors"]).await?;
        let site = ["confirmed_friends_only", "second_factor_required"];
        remove(manager, "sites", &site).await
    }
}
