//! Sites, their hosts, their settings and their Stripe accounts.

use sea_orm_migration::prelude::*;

use crate::columns::{
    flag, id, index, make, maybe_number, number, points_to, table, text, unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stripe_accounts = table("stripe_accounts")
            .col(id())
            .col(text("public_id"))
            .col(text("secret_key_sealed"))
            .col(text("secret_key_last4"))
            .col(text("webhook_secrets_sealed"))
            .col(flag("livemode"))
            .col(number("created_at"))
            .take();
        let sites = table("sites")
            .col(id())
            .col(text("key"))
            .col(text("kind"))
            .col(text("name"))
            .col(text("tagline"))
            .col(text("theme"))
            .col(text("realm"))
            .col(maybe_number("stripe_account_id"))
            .col(number("created_at"))
            .foreign_key(&mut points_to(
                "sites",
                "stripe_account_id",
                "stripe_accounts",
            ))
            .take();
        let site_hosts = table("site_hosts")
            .col(text("host").primary_key())
            .col(number("site_id"))
            .foreign_key(&mut points_to("site_hosts", "site_id", "sites"))
            .take();
        let site_settings = table("site_settings")
            .col(number("site_id").primary_key())
            .col(text("currency"))
            .col(number("tenant_credit_cents").default(0))
            .col(number("referral_memory_days").default(0))
            .foreign_key(&mut points_to("site_settings", "site_id", "sites"))
            .take();
        make(
            manager,
            vec![stripe_accounts, sites, site_hosts, site_settings],
            vec![
                unique("stripe_accounts", &["public_id"]),
                unique("sites", &["key"]),
                index("sites", &["stripe_account_id"]),
                index("site_hosts", &["site_id"]),
            ],
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(
            manager,
            &["site_settings", "site_hosts", "sites", "stripe_accounts"],
        )
        .await
    }
}
