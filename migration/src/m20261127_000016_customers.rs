//! Stripe customers by account and member or platform referrer, and the mode in which each row was
//! created.

use sea_orm_migration::{prelude::*, schema::boolean_null};

use crate::columns::{
    add, flag, id, index, make, maybe_number, maybe_text, number, points_to, remove, table, unique,
    unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "stripe_customers";
/// Tables whose rows belong to one mode of Stripe: that of their account.
const MODED: [&str; 4] = [
    "purchases",
    "platform_purchases",
    "credits",
    "stripe_events",
];

/// Copies the known customers of members and platform referrers. Where none is known, the next one
/// is created under a new idempotency key, because its parameters differ from those before. Whether
/// the customers have our metadata is not known; those that Checkout created do not. The old
/// columns stay and are no longer read.
const COPIED: [&str; 2] = [
    "INSERT INTO stripe_customers (stripe_account_id, user_id, customer_id, generation, \
     balance_cents, balance_currency, balance_read_at) \
     SELECT stripe_customer_account_id, id, stripe_customer_id, \
     CASE WHEN stripe_customer_id IS NULL THEN stripe_customer_generation + 1 \
     ELSE stripe_customer_generation END, \
     balance_cents, balance_currency, balance_read_at \
     FROM users WHERE stripe_customer_account_id IS NOT NULL",
    "INSERT INTO stripe_customers (stripe_account_id, platform_referrer_id, customer_id, generation) \
     SELECT stripe_customer_account_id, id, stripe_customer_id, \
     CASE WHEN stripe_customer_id IS NULL THEN stripe_customer_generation + 1 \
     ELSE stripe_customer_generation END \
     FROM platform_referrers WHERE stripe_customer_account_id IS NOT NULL",
];

/// An account's row may have gone from test to live mode. Purchases from before then are recognized
/// by the ids of their Checkout sessions, and the credits for them belong to test mode too.
const TEST_MODE: [&str; 3] = [
    "UPDATE purchases SET livemode = FALSE WHERE checkout_session_id LIKE 'cs~_test~_%' ESCAPE '~'",
    "UPDATE platform_purchases SET livemode = FALSE \
     WHERE checkout_session_id LIKE 'cs~_test~_%' ESCAPE '~'",
    "UPDATE credits SET livemode = FALSE WHERE issued_at IS NULL AND (referral_id IN \
     (SELECT referrals.id FROM referrals JOIN purchases ON purchases.id = referrals.purchase_id \
     WHERE purchases.livemode = FALSE) OR platform_referral_id IN \
     (SELECT platform_referrals.id FROM platform_referrals JOIN platform_purchases \
     ON platform_purchases.id = platform_referrals.purchase_id \
     WHERE platform_purchases.livemode = FALSE))",
];

/// Copies back one customer each: the one of the account that is connected now.
const COPIED_BACK: [&str; 2] = [
    "UPDATE users SET (stripe_customer_id, stripe_customer_account_id, stripe_customer_generation, \
     balance_cents, balance_currency, balance_read_at) = \
     (SELECT customer_id, stripe_account_id, generation, balance_cents, balance_currency, \
     balance_read_at FROM stripe_customers WHERE user_id = users.id AND stripe_account_id = \
     (SELECT stripe_account_id FROM sites WHERE sites.id = users.site_id)) \
     WHERE EXISTS (SELECT 1 FROM stripe_customers WHERE user_id = users.id AND stripe_account_id = \
     (SELECT stripe_account_id FROM sites WHERE sites.id = users.site_id))",
    "UPDATE platform_referrers SET \
     (stripe_customer_id, stripe_customer_account_id, stripe_customer_generation) = \
     (SELECT customer_id, stripe_account_id, generation FROM stripe_customers \
     WHERE platform_referrer_id = platform_referrers.id AND stripe_account_id = \
     (SELECT stripe_account_id FROM platform_settings)) \
     WHERE EXISTS (SELECT 1 FROM stripe_customers \
     WHERE platform_referrer_id = platform_referrers.id AND stripe_account_id = \
     (SELECT stripe_account_id FROM platform_settings))",
];

/// A partial index, because few customers still lack our metadata.
const FEW_OF_MANY: &str = "CREATE INDEX ix_stripe_customers_unmarked \
    ON stripe_customers (id) WHERE NOT marked AND customer_id IS NOT NULL";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(
            manager,
            vec![customers()],
            vec![
                unique(TABLE, &["stripe_account_id", "user_id"]),
                unique(TABLE, &["stripe_account_id", "platform_referrer_id"]),
                index(TABLE, &["user_id"]),
                index(TABLE, &["platform_referrer_id"]),
                index("credits", &["issued_at"]),
            ],
        )
        .await?;
        let db = manager.get_connection();
        for statement in COPIED.iter().chain([&FEW_OF_MANY]) {
            db.execute_unprepared(statement).await?;
        }
        for moded in MODED {
            // Events have had the column since the previous migration.
            if moded != "stripe_events" {
                add(manager, moded, vec![boolean_null("livemode")]).await?;
            }
            db.execute_unprepared(&format!(
                "UPDATE {moded} SET livemode = (SELECT livemode FROM stripe_accounts \
                 WHERE stripe_accounts.id = {moded}.stripe_account_id) \
                 WHERE stripe_account_id IS NOT NULL AND livemode IS NULL"
            ))
            .await?;
        }
        for statement in TEST_MODE {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for statement in COPIED_BACK {
            db.execute_unprepared(statement).await?;
        }
        db.execute_unprepared("DROP INDEX ix_credits_issued_at")
            .await?;
        for moded in MODED.iter().filter(|moded| **moded != "stripe_events") {
            remove(manager, moded, &["livemode"]).await?;
        }
        unmake(manager, &[TABLE]).await
    }
}

fn customers() -> TableCreateStatement {
    table(TABLE)
        .col(id())
        .col(number("stripe_account_id"))
        .col(maybe_number("user_id"))
        .col(maybe_number("platform_referrer_id"))
        .col(maybe_text("customer_id"))
        .col(flag("marked"))
        .col(maybe_text("key_token"))
        .col(number("generation").default(0))
        .col(maybe_number("balance_cents"))
        .col(maybe_text("balance_currency"))
        .col(maybe_number("balance_read_at"))
        .foreign_key(&mut points_to(
            TABLE,
            "stripe_account_id",
            "stripe_accounts",
        ))
        .foreign_key(&mut points_to(TABLE, "user_id", "users"))
        .foreign_key(&mut points_to(
            TABLE,
            "platform_referrer_id",
            "platform_referrers",
        ))
        .take()
}
