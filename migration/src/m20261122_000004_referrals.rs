//! Referrals, the ledger of the credits that they earn, and the notifications about them.

use sea_orm_migration::prelude::*;

use crate::columns::{
    flag, id, index, make, maybe_number, maybe_text, number, points_to, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(
            manager,
            vec![referrals(), credits(), notifications()],
            vec![
                unique("referrals", &["referred_id"]),
                index("referrals", &["referrer_id", "id"]),
                unique("credits", &["idempotency_key"]),
                unique("credits", &["referral_id"]),
                index("credits", &["state", "next_attempt_at"]),
                unique("notifications", &["credit_id"]),
                index("notifications", &["user_id", "id"]),
                index("notifications", &["user_id", "read_at"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["notifications", "credits", "referrals"]).await
    }
}

fn referrals() -> TableCreateStatement {
    table("referrals")
        .col(id())
        .col(number("site_id"))
        .col(number("referrer_id"))
        .col(number("referred_id"))
        .col(text("status"))
        .col(maybe_text("failure_reason"))
        .col(maybe_number("purchase_id"))
        .col(maybe_number("credit_cents"))
        .col(maybe_text("currency"))
        .col(number("created_at"))
        .col(maybe_number("credited_at"))
        .foreign_key(&mut points_to("referrals", "site_id", "sites"))
        .foreign_key(&mut points_to("referrals", "referrer_id", "users"))
        .foreign_key(&mut points_to("referrals", "referred_id", "users"))
        .foreign_key(&mut points_to("referrals", "purchase_id", "purchases"))
        .take()
}

fn credits() -> TableCreateStatement {
    table("credits")
        .col(id())
        .col(number("site_id"))
        .col(text("program"))
        .col(maybe_number("referral_id"))
        .col(maybe_number("beneficiary_id"))
        .col(maybe_number("stripe_account_id"))
        .col(number("amount_cents"))
        .col(text("currency"))
        .col(text("idempotency_key"))
        .col(text("state"))
        .col(maybe_text("failure_reason"))
        .col(number("attempts").default(0))
        .col(number("key_generation").default(1))
        .col(maybe_number("first_sent_at"))
        .col(flag("key_is_spoilt"))
        .col(number("next_attempt_at"))
        .col(maybe_number("claimed_until"))
        .col(maybe_text("stripe_customer_id"))
        .col(maybe_text("stripe_transaction_id"))
        .col(number("created_at"))
        .col(maybe_number("issued_at"))
        .foreign_key(&mut points_to("credits", "site_id", "sites"))
        .foreign_key(&mut points_to("credits", "referral_id", "referrals"))
        .foreign_key(&mut points_to("credits", "beneficiary_id", "users"))
        .foreign_key(&mut points_to(
            "credits",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}

fn notifications() -> TableCreateStatement {
    table("notifications")
        .col(id())
        .col(number("site_id"))
        .col(number("user_id"))
        .col(maybe_number("credit_id"))
        .col(text("text"))
        .col(maybe_number("read_at"))
        .col(number("created_at"))
        .foreign_key(&mut points_to("notifications", "site_id", "sites"))
        .foreign_key(&mut points_to("notifications", "user_id", "users"))
        .foreign_key(&mut points_to("notifications", "credit_id", "credits"))
        .take()
}
