//! The outbox of mail, and the requests to reset a password.

use sea_orm_migration::prelude::*;

use crate::columns::{
    id, index, make, maybe_number, maybe_text, number, points_to, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mails = table("mails")
            .col(id())
            .col(number("site_id"))
            .col(maybe_number("user_id"))
            .col(text("kind"))
            .col(text("address"))
            .col(text("subject"))
            // Sealed, because its links open accounts; null once the mail was sent or given up.
            .col(maybe_text("sealed_body"))
            // The left part of the Message-ID, the same in each attempt.
            .col(text("token"))
            .col(text("state"))
            .col(number("attempts"))
            // Null once the mail was sent or given up.
            .col(maybe_number("next_attempt_at"))
            .col(maybe_text("error"))
            .col(number("created_at"))
            .col(maybe_number("ended_at"))
            .foreign_key(&mut points_to("mails", "site_id", "sites"))
            .foreign_key(&mut points_to("mails", "user_id", "users"))
            .take();
        let password_resets = table("password_resets")
            .col(id())
            .col(number("site_id"))
            // As `users.email_account`; perhaps nobody has it.
            .col(text("email_account"))
            // The root URL of the site, as the visitor reached it.
            .col(text("base_url"))
            .col(number("requested_at"))
            // Null until the link is mailed.
            .col(maybe_number("user_id"))
            .col(maybe_text("token_hash"))
            .col(maybe_number("expires_at"))
            .foreign_key(&mut points_to("password_resets", "site_id", "sites"))
            .foreign_key(&mut points_to("password_resets", "user_id", "users"))
            .take();
        make(
            manager,
            vec![mails, password_resets],
            vec![
                index("mails", &["next_attempt_at"]),
                index("mails", &["ended_at"]),
                unique("password_resets", &["token_hash"]),
                index("password_resets", &["user_id"]),
                index("password_resets", &["requested_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["password_resets", "mails"]).await
    }
}
