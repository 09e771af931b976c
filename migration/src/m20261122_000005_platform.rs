//! The platform program: its settings, the platform referrers, the purchases through their links,
//! and the credits that they earn, in the same ledger as the members' credits.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, flag, id, index, make, maybe_number, maybe_text, number, points_to, remove, table, text,
    unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(
            manager,
            vec![
                referral_codes(),
                platform_settings(),
                platform_referrers(),
                platform_purchases(),
                platform_referrals(),
            ],
            vec![
                unique("platform_referrers", &["email_account"]),
                unique("platform_referrers", &["code"]),
                unique("platform_purchases", &["checkout_session_id"]),
                index("platform_purchases", &["credit_check", "paid_at"]),
                unique("platform_referrals", &["purchase_id"]),
                index("platform_referrals", &["referrer_id", "id"]),
                index("platform_referrals", &["referrer_id", "status"]),
            ],
        )
        .await?;
        let credit_of = |column: &'static str, table: &str| {
            maybe_number(column)
                .extra(format!("REFERENCES {table} (id)"))
                .take()
        };
        add(
            manager,
            "credits",
            vec![
                credit_of("platform_referral_id", "platform_referrals"),
                credit_of("platform_referrer_id", "platform_referrers"),
            ],
        )
        .await?;
        manager
            .create_index(unique("credits", &["platform_referral_id"]))
            .await?;
        add(manager, "stripe_accounts", vec![flag("platform")]).await?;
        add(manager, "users", vec![flag("platform_admin")]).await?;
        let db = manager.get_connection();
        db.execute_unprepared("INSERT INTO platform_settings (id) VALUES (1)")
            .await?;
        db.execute_unprepared(
            "INSERT INTO referral_codes (code) \
             SELECT referral_code FROM users WHERE referral_code IS NOT NULL",
        )
        .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        remove(manager, "users", &["platform_admin"]).await?;
        remove(manager, "stripe_accounts", &["platform"]).await?;
        let db = manager.get_connection();
        db.execute_unprepared("DROP INDEX ux_credits_platform_referral_id")
            .await?;
        remove(
            manager,
            "credits",
            &["platform_referrer_id", "platform_referral_id"],
        )
        .await?;
        unmake(
            manager,
            &[
                "platform_referrals",
                "platform_purchases",
                "platform_referrers",
                "platform_settings",
                "referral_codes",
            ],
        )
        .await
    }
}

/// All referral codes ever assigned, to members and to platform referrers, so that no code is
/// assigned twice.
fn referral_codes() -> TableCreateStatement {
    table("referral_codes")
        .col(text("code").primary_key())
        .take()
}

/// Has one row, with the id 1.
fn platform_settings() -> TableCreateStatement {
    table("platform_settings")
        .col(number("id").primary_key())
        .col(number("platform_credit_cents").default(0))
        .col(number("referral_memory_days").default(0))
        .col(maybe_number("stripe_account_id"))
        .col(number("version").default(1))
        .foreign_key(&mut points_to(
            "platform_settings",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}

fn platform_referrers() -> TableCreateStatement {
    table("platform_referrers")
        .col(id())
        .col(text("name"))
        .col(text("email"))
        .col(text("email_account"))
        .col(text("code"))
        .col(maybe_text("stripe_customer_id"))
        .col(maybe_number("stripe_customer_account_id"))
        .col(number("stripe_customer_generation").default(0))
        .col(maybe_number("disabled_at"))
        .col(number("version").default(1))
        .col(number("created_at"))
        .foreign_key(&mut points_to(
            "platform_referrers",
            "stripe_customer_account_id",
            "stripe_accounts",
        ))
        .take()
}

fn platform_purchases() -> TableCreateStatement {
    table("platform_purchases")
        .col(id())
        .col(number("site_id"))
        .col(text("plan"))
        .col(text("currency"))
        .col(maybe_text("customer_email"))
        .col(maybe_number("paid_cents"))
        .col(text("state"))
        .col(maybe_text("code"))
        .col(maybe_number("clicked_at"))
        .col(number("stripe_account_id"))
        .col(text("checkout_session_id"))
        .col(maybe_text("subscription_id"))
        .col(text("credit_check"))
        .col(number("created_at"))
        .col(maybe_number("paid_at"))
        .foreign_key(&mut points_to("platform_purchases", "site_id", "sites"))
        .foreign_key(&mut points_to(
            "platform_purchases",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}

fn platform_referrals() -> TableCreateStatement {
    table("platform_referrals")
        .col(id())
        .col(number("site_id"))
        .col(number("referrer_id"))
        .col(number("purchase_id"))
        .col(text("customer_email"))
        .col(text("plan"))
        .col(text("status"))
        .col(maybe_text("failure_reason"))
        .col(maybe_number("credit_cents"))
        .col(maybe_text("currency"))
        .col(maybe_number("clicked_at"))
        .col(number("created_at"))
        .col(maybe_number("credited_at"))
        .foreign_key(&mut points_to("platform_referrals", "site_id", "sites"))
        .foreign_key(&mut points_to(
            "platform_referrals",
            "referrer_id",
            "platform_referrers",
        ))
        .foreign_key(&mut points_to(
            "platform_referrals",
            "purchase_id",
            "platform_purchases",
        ))
        .take()
}
