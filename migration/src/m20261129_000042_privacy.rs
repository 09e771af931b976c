//! Accounts that are being deleted, and the addresses of deleted accounts that had bought.

use sea_orm_migration::prelude::*;

use crate::columns::{
    add, flag, index, make, maybe_number, number, points_to, remove, table, text, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const USERS: &str = "users";
const PURCHASES: &str = "purchases";
const SUBSCRIPTION_ENDED: &str = "subscription_ended_at";
const ERASED: &str = "erased_addresses";

/// The indexes of a part of a table: name, table, and what they are on.
const PARTIAL: [(&str, &str, &str); 3] = [
    // Nearly no row has it.
    (
        "ix_users_deletion_due",
        USERS,
        "users (id) WHERE deletion_due",
    ),
    (
        "ix_mails_ended_at_kept",
        "mails",
        "mails (ended_at) WHERE address <> ''",
    ),
    (
        "ix_stripe_events_received_at_kept",
        "stripe_events",
        "stripe_events (received_at) WHERE body <> ''",
    ),
];

async fn drop_index(
    manager: &SchemaManager<'_>,
    name: &'static str,
    table: &'static str,
) -> Result<(), DbErr> {
    let drop = Index::drop().name(name).table(table).to_owned();
    manager.drop_index(drop).await
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let columns = vec![
            maybe_number("deletion_requested_at"),
            maybe_number("deleted_at"),
            // Whether a step of the deletion is left, here or at Stripe.
            flag("deletion_due"),
        ];
        add(manager, USERS, columns).await?;
        // When Stripe said that a membership is over.
        let ended = vec![maybe_number(SUBSCRIPTION_ENDED)];
        add(manager, PURCHASES, ended).await?;
        let erased = table(ERASED)
            // A keyed hash of the site and of `Email::key`, so that the table tells nobody's address.
            .col(text("address_hash").primary_key())
            .col(number("site_id"))
            .col(number("erased_at"))
            .foreign_key(&mut points_to(ERASED, "site_id", "sites"))
            .take();
        let indexes = vec![index("mails", &["user_id", "id"])];
        make(manager, vec![erased], indexes).await?;
        // What ends after a while is found among what has not ended yet.
        drop_index(manager, "ix_mails_ended_at", "mails").await?;
        for (name, _, on) in PARTIAL {
            let create = format!("CREATE INDEX {name} ON {on}");
            manager.get_connection().execute_unprepared(&create).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, table, _) in PARTIAL {
            drop_index(manager, name, table).await?;
        }
        drop_index(manager, "ix_mails_user_id_id", "mails").await?;
        manager.create_index(index("mails", &["ended_at"])).await?;
        unmake(manager, &[ERASED]).await?;
        let columns = ["deletion_due", "deleted_at", "deletion_requested_at"];
        remove(manager, USERS, &columns).await?;
        remove(manager, PURCHASES, &[SUBSCRIPTION_ENDED]).await
    }
}
