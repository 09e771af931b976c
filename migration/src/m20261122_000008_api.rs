//! For the mobile API: the API tokens of signed-in devices, and the responses stored under
//! idempotency keys.

use sea_orm_migration::prelude::*;

use crate::columns::{id, index, make, maybe_text, number, points_to, table, text, unique, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let api_tokens = table("api_tokens")
            .col(id())
            .col(number("site_id"))
            .col(number("user_id"))
            .col(text("hash"))
            .col(text("device_name"))
            .col(number("created_at"))
            .col(number("last_used_at"))
            .col(number("expires_at"))
            .foreign_key(&mut points_to("api_tokens", "site_id", "sites"))
            .foreign_key(&mut points_to("api_tokens", "user_id", "users"))
            .take();
        let idempotency_keys = table("idempotency_keys")
            .col(text("key_hash").primary_key())
            .col(text("fingerprint"))
            .col(maybe_text("sealed_answer"))
            .col(number("created_at"))
            .col(number("claimed_until"))
            .col(number("expires_at"))
            .take();
        make(
            manager,
            vec![api_tokens, idempotency_keys],
            vec![
                unique("api_tokens", &["hash"]),
                index("api_tokens", &["user_id", "id"]),
                index("api_tokens", &["expires_at"]),
                index("idempotency_keys", &["expires_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["idempotency_keys", "api_tokens"]).await
    }
}
