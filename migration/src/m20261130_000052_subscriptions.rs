//! Memberships and plans as Stripe has them, and the billing portal of each account.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, flag, id, index, make, maybe_number, maybe_text, number, points_to, remove, table, text,
    unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of a part of a table: name, table, and what they are on. Nearly every row is read, and every
/// purchase known; rows of the programs are listed apart.
const PARTIAL: [(&str, &str, &str); 5] = [
    (
        "ix_subscriptions_check_at",
        "subscriptions",
        "subscriptions (check_at) WHERE check_at IS NOT NULL",
    ),
    (
        "ix_subscriptions_site_id_id",
        "subscriptions",
        "subscriptions (site_id, id) WHERE purchase_id IS NOT NULL",
    ),
    (
        "ix_subscriptions_of_platform",
        "subscriptions",
        "subscriptions (id) WHERE platform_purchase_id IS NOT NULL",
    ),
    (
        "ix_purchases_subscription_unknown",
        "purchases",
        "purchases (id) WHERE subscription_id IS NOT NULL AND NOT subscription_known",
    ),
    (
        "ix_platform_purchases_subscription_unknown",
        "platform_purchases",
        "platform_purchases (id) WHERE subscription_id IS NOT NULL AND NOT subscription_known",
    ),
];

fn subscriptions() -> TableCreateStatement {
    table("subscriptions")
        .col(id())
        // The tenant's site, or the brand's.
        .col(number("site_id"))
        .col(number("stripe_account_id"))
        // `sub_…`.
        .col(text("stripe_id"))
        // One of them.
        .col(maybe_number("purchase_id"))
        .col(maybe_number("platform_purchase_id"))
        // `cus_…`; null, as is the rest, until Stripe has said it.
        .col(maybe_text("stripe_customer_id"))
        .col(maybe_text("status"))
        .col(maybe_number("current_period_end_at"))
        .col(flag("cancel_at_period_end"))
        .col(maybe_number("cancel_at"))
        .col(maybe_number("canceled_at"))
        .col(maybe_number("ended_at"))
        .col(maybe_number("read_at"))
        // When to ask Stripe next, and after how many times that it did not answer.
        .col(maybe_number("check_at"))
        .col(number("checks"))
        .col(number("created_at"))
        .foreign_key(&mut points_to("subscriptions", "site_id", "sites"))
        .foreign_key(&mut points_to(
            "subscriptions",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .foreign_key(&mut points_to("subscriptions", "purchase_id", "purchases"))
        .foreign_key(&mut points_to(
            "subscriptions",
            "platform_purchase_id",
            "platform_purchases",
        ))
        .take()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let indexes = vec![
            // By Stripe's id alone too: an account may have been connected again.
            unique("subscriptions", &["stripe_id", "stripe_account_id"]),
            unique("subscriptions", &["purchase_id"]),
            unique("subscriptions", &["platform_purchase_id"]),
            index("subscriptions", &["stripe_account_id"]),
        ];
        make(manager, vec![subscriptions()], indexes).await?;
        // Whether the purchase has its row there. The sweep makes those of before.
        for purchases in ["purchases", "platform_purchases"] {
            add(manager, purchases, vec![flag("subscription_known")]).await?;
        }
        let ended = vec![maybe_number("subscription_ended_at")];
        add(manager, "platform_purchases", ended).await?;
        // `bpc_…` and the address of its login page.
        let portal = vec![
            maybe_text("portal_configuration"),
            maybe_text("portal_login_url"),
        ];
        add(manager, "stripe_accounts", portal).await?;
        let db = manager.get_connection();
        for (name, _, on) in PARTIAL {
            db.execute_unprepared(&format!("CREATE INDEX {name} ON {on}"))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in PARTIAL {
            let drop = Index::drop().name(name).table(table).to_owned();
            manager.drop_index(drop).await?;
        }
        let db = manager.get_connection();
        for purchases in ["purchases", "platform_purchases"] {
            // The earlier program cannot read this reason.
            let unknown = format!(
                "UPDATE {purchases} SET no_credit = NULL WHERE no_credit = 'membership_ended'"
            );
            db.execute_unprepared(&unknown).await?;
        }
        let portal = ["portal_login_url", "portal_configuration"];
        remove(manager, "stripe_accounts", &portal).await?;
        let ended = ["subscription_ended_at", "subscription_known"];
        remove(manager, "platform_purchases", &ended).await?;
        remove(manager, "purchases", &["subscription_known"]).await?;
        unmake(manager, &["subscriptions"]).await
    }
}
