//! Random tokens replace row ids wherever Stripe stores the name of a row, because a restored
//! database assigns the same ids again. Every Checkout session gets a row, which is written before
//! the request to Stripe.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::{
    add, flag, id, index, make, maybe_number, maybe_text, number, points_to, remove, table, text,
    unique, unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows get a token.
const NAMED: [&str; 3] = ["users", "referrals", "platform_referrers"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let random = random(manager.get_database_backend());
        for named in NAMED {
            let token = text("token").default("").take();
            add(manager, named, vec![token]).await?;
            db.execute_unprepared(&format!("UPDATE {named} SET token = {random}"))
                .await?;
            // Processes of the previous version may still be running and insert rows without a
            // token.
            db.execute_unprepared(&format!(
                "CREATE UNIQUE INDEX ux_{named}_token ON {named} (token) WHERE token <> ''"
            ))
            .await?;
        }
        add(manager, "credits", vec![maybe_number("referred_at")]).await?;
        make(
            manager,
            vec![checkout_sessions()],
            vec![
                unique("checkout_sessions", &["token"]),
                unique("checkout_sessions", &["session_id"]),
                unique("checkout_sessions", &["open_for"]),
                index("checkout_sessions", &["purchase_id"]),
                index("checkout_sessions", &["next_check_at"]),
            ],
        )
        .await?;
        db.execute_unprepared(&sessions_under_way(random)).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        unmake(manager, &["checkout_sessions"]).await?;
        remove(manager, "credits", &["referred_at"]).await?;
        for named in NAMED {
            let drop = format!("DROP INDEX ux_{named}_token");
            manager.get_connection().execute_unprepared(&drop).await?;
            remove(manager, named, &["token"]).await?;
        }
        Ok(())
    }
}

fn random(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "replace(gen_random_uuid()::text, '-', '')",
        _ => "lower(hex(randomblob(16)))",
    }
}

fn checkout_sessions() -> TableCreateStatement {
    table("checkout_sessions")
        .col(id())
        .col(text("token"))
        .col(text("program"))
        .col(number("site_id"))
        // Only for a tenant's purchase; a platform purchase is inserted when its session completes.
        .col(maybe_number("purchase_id"))
        // Only for a platform purchase.
        .col(maybe_text("plan"))
        .col(maybe_text("referral_code"))
        .col(maybe_number("clicked_at"))
        .col(number("stripe_account_id"))
        .col(flag("livemode"))
        // The request to Stripe, so that it can be repeated byte by byte; NULL in older rows.
        .col(maybe_text("request"))
        .col(text("state"))
        // Identifies the buyer and the product while the session is open; NULL afterward.
        .col(maybe_text("open_for"))
        .col(maybe_text("session_id"))
        .col(maybe_text("url"))
        .col(maybe_number("checked_at"))
        .col(maybe_number("next_check_at"))
        .col(number("created_at"))
        .foreign_key(&mut points_to("checkout_sessions", "site_id", "sites"))
        .foreign_key(&mut points_to(
            "checkout_sessions",
            "purchase_id",
            "purchases",
        ))
        .foreign_key(&mut points_to(
            "checkout_sessions",
            "stripe_account_id",
            "stripe_accounts",
        ))
        .take()
}

/// Inserts rows for unpaid purchases. Their sessions have the purchase's id in their metadata, and
/// no token.
fn sessions_under_way(random: &str) -> String {
    format!(
        "INSERT INTO checkout_sessions (token, program, site_id, purchase_id, stripe_account_id, \
         livemode, state, open_for, session_id, next_check_at, created_at) \
         SELECT {random}, 'tenant', purchases.site_id, purchases.id, purchases.stripe_account_id, \
         stripe_accounts.livemode AND coalesce(checkout_session_id, '') NOT LIKE 'cs~_test~_%' \
         ESCAPE '~', \
         CASE WHEN checkout_session_id IS NULL THEN 'requested' ELSE 'open' END, \
         CASE WHEN purchases.id = (SELECT max(newest.id) FROM purchases newest \
         WHERE newest.buyer_id = purchases.buyer_id AND newest.kind = 'membership' \
         AND newest.state = 'open' AND newest.checkout_session_id IS NOT NULL) \
         THEN 'member ' || purchases.buyer_id || ': memberships' END, \
         checkout_session_id, \
         CASE WHEN checkout_session_id IS NULL THEN NULL ELSE purchases.created_at END, \
         purchases.created_at \
         FROM purchases JOIN stripe_accounts ON stripe_accounts.id = purchases.stripe_account_id \
         WHERE purchases.state IN ('open', 'processing')"
    )
}
