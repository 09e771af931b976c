//! A Stripe account is identified by its owner, its `acct_…` and its mode. Events of payments that
//! match no purchase are kept, so that they can be applied later.

use sea_orm_migration::{prelude::*, schema::boolean_null};

use crate::columns::{add, maybe_number, maybe_text, remove};

#[derive(DeriveMigrationName)]
pub struct Migration;

const ACCOUNTS: &str = "stripe_accounts";
const EVENTS: &str = "stripe_events";

/// The owners of existing accounts: the site that uses the account now, or that sold through it.
/// Accounts of the platform have no site.
const OWNERS: &str = "UPDATE stripe_accounts SET site_id = COALESCE( \
    (SELECT MIN(id) FROM sites WHERE sites.stripe_account_id = stripe_accounts.id), \
    (SELECT MIN(site_id) FROM purchases WHERE purchases.stripe_account_id = stripe_accounts.id), \
    (SELECT MIN(site_id) FROM credits WHERE credits.stripe_account_id = stripe_accounts.id), \
    (SELECT MIN(site_id) FROM users \
     WHERE users.stripe_customer_account_id = stripe_accounts.id)) \
    WHERE NOT platform";

/// One row for each owner, account and mode. Rows whose `acct_…` is not known yet are excluded.
const ONE_EACH: &str = "CREATE UNIQUE INDEX ux_stripe_accounts_owner \
    ON stripe_accounts (COALESCE(site_id, 0), stripe_account, livemode)";

/// A partial index, because few events are unmatched.
const FEW_OF_MANY: &str = "CREATE INDEX ix_stripe_events_unmatched \
    ON stripe_events (unmatched_since) WHERE unmatched_since IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let site = maybe_number("site_id")
            .extra("REFERENCES sites (id)")
            .take();
        add(manager, ACCOUNTS, vec![site, maybe_text("stripe_account")]).await?;
        let livemode = boolean_null("livemode");
        add(
            manager,
            EVENTS,
            vec![livemode, maybe_number("unmatched_since")],
        )
        .await?;
        let db = manager.get_connection();
        for statement in [OWNERS, ONE_EACH, FEW_OF_MANY] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for index in ["ix_stripe_events_unmatched", "ux_stripe_accounts_owner"] {
            db.execute_unprepared(&format!("DROP INDEX {index}"))
                .await?;
        }
        remove(manager, EVENTS, &["unmatched_since", "livemode"]).await?;
        remove(manager, ACCOUNTS, &["stripe_account", "site_id"]).await
    }
}
