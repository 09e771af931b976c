//! Attempts that are limited, counted for all processes together; browsers and phones in which a member signed
//! in before; and a log of what happened to accounts.

use sea_orm_migration::prelude::*;

use crate::columns::{id, index, make, number, points_to, table, text, unique, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let throttles = table("throttles")
            // A keyed hash, so that the table tells nobody's address.
            .col(text("key_hash").primary_key())
            .col(number("used_until"))
            .take();
        let devices = table("known_devices")
            .col(id())
            .col(number("user_id"))
            .col(text("token_hash"))
            .col(number("last_used_at"))
            .foreign_key(&mut points_to("known_devices", "user_id", "users"))
            .take();
        let log = table("security_log")
            .col(id())
            .col(number("site_id"))
            .col(number("user_id"))
            .col(text("event"))
            .col(text("network"))
            .col(text("device"))
            .col(number("times"))
            .col(number("first_at"))
            .col(number("last_at"))
            .foreign_key(&mut points_to("security_log", "site_id", "sites"))
            .foreign_key(&mut points_to("security_log", "user_id", "users"))
            .take();
        make(
            manager,
            vec![throttles, devices, log],
            vec![
                index("throttles", &["used_until"]),
                unique("known_devices", &["user_id", "token_hash"]),
                index("known_devices", &["token_hash"]),
                index("known_devices", &["last_used_at"]),
                index("security_log", &["site_id", "id"]),
                index("security_log", &["user_id", "event"]),
                index("security_log", &["last_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tables = ["security_log", "known_devices", "throttles"];
        unmake(manager, &tables).await
    }
}
