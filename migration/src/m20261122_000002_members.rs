//! Creates the tables for members and browser sessions.

use sea_orm_migration::prelude::*;

use crate::columns::{
    id, index, make, maybe_number, maybe_text, number, points_to, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = table("users")
            .col(id())
            .col(number("site_id"))
            .col(text("email"))
            .col(text("email_account"))
            .col(text("password_hash"))
            .col(text("first_name"))
            .col(text("last_name"))
            .col(
                ColumnDef::new(Alias::new("date_of_birth"))
                    .date()
                    .not_null(),
            )
            .col(text("role"))
            .col(maybe_text("referral_code"))
            .col(maybe_number("referred_by_user_id"))
            .col(maybe_text("stripe_customer_id"))
            .col(maybe_number("stripe_customer_account_id"))
            .col(number("stripe_customer_generation").default(0))
            .col(maybe_number("balance_cents"))
            .col(maybe_number("balance_read_at"))
            .col(number("created_at"))
            .foreign_key(&mut points_to("users", "site_id", "sites"))
            .foreign_key(&mut points_to("users", "referred_by_user_id", "users"))
            .foreign_key(&mut points_to(
                "users",
                "stripe_customer_account_id",
                "stripe_accounts",
            ))
            .take();
        let sessions = table("sessions")
            .col(text("id_hash").primary_key())
            .col(text("data"))
            .col(number("expires_at"))
            .take();
        make(
            manager,
            vec![users, sessions],
            vec![
                unique("users", &["site_id", "email_account"]),
                unique("users", &["referral_code"]),
                index("users", &["referred_by_user_id"]),
                index("sessions", &["expires_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["sessions", "users"]).await
    }
}
