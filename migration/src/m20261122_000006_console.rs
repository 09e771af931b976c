//! For the console: an audit log of changes by hand, version columns that detect concurrent changes
//! by two admins, and indexes that find rows among millions.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::columns::{
    add, id, index, make, maybe_number, maybe_text, number, points_to, remove, table, text, unique,
    unmake,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// Tables whose rows two admins may change at the same time.
const VERSIONED: [&str; 3] = ["site_settings", "products", "stripe_accounts"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(
            manager,
            vec![audit_log(), search_words(manager.get_database_backend())],
            vec![
                index("audit_log", &["site_id", "id"]),
                index("search_words", &["subject", "row_id"]),
            ],
        )
        .await?;
        for table in VERSIONED {
            add(manager, table, vec![number("version").default(1).take()]).await?;
        }
        add(
            manager,
            "referrals",
            vec![maybe_text("purchase_kind"), maybe_number("clicked_at")],
        )
        .await?;
        add(manager, "users", vec![maybe_text("balance_currency")]).await?;
        add(manager, "credits", vec![maybe_number("failed_at")]).await?;
        add(manager, "purchases", vec![maybe_text("sale_token")]).await?;
        manager
            .create_index(unique("purchases", &["sale_token"]))
            .await?;
        manager
            .create_index(index("users", &["site_id", "id"]))
            .await?;
        manager
            .create_index(index(
                "stripe_events",
                &["stripe_account_id", "received_at"],
            ))
            .await?;
        let db = manager.get_connection();
        for statement in INDEXES.iter().chain(&FILLED) {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for name in INDEX_NAMES {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        for name in [
            "ux_purchases_sale_token",
            "ix_users_site_id_id",
            "ix_stripe_events_stripe_account_id_received_at",
        ] {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        remove(manager, "purchases", &["sale_token"]).await?;
        remove(manager, "credits", &["failed_at"]).await?;
        remove(manager, "users", &["balance_currency"]).await?;
        remove(manager, "referrals", &["clicked_at", "purchase_kind"]).await?;
        for table in VERSIONED {
            remove(manager, table, &["version"]).await?;
        }
        unmake(manager, &["search_words", "audit_log"]).await
    }
}

/// One index for each way to filter the console's tables, sorted by date, and one sorted by credit,
/// in which a referral without a credit counts as 0. The latter contain the date too, so that a
/// date range is evaluated without reading the rows.
const INDEXES: [&str; 16] = [
    "CREATE INDEX ix_referrals_date ON referrals (site_id, created_at, id)",
    "CREATE INDEX ix_referrals_status_date ON referrals (site_id, status, created_at, id)",
    "CREATE INDEX ix_referrals_kind_date ON referrals (site_id, purchase_kind, created_at, id)",
    "CREATE INDEX ix_referrals_status_kind_date \
     ON referrals (site_id, status, purchase_kind, created_at, id)",
    "CREATE INDEX ix_referrals_credit \
     ON referrals (site_id, COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_referrals_status_credit \
     ON referrals (site_id, status, COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_referrals_kind_credit \
     ON referrals (site_id, purchase_kind, COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_referrals_status_kind_credit \
     ON referrals (site_id, status, purchase_kind, COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_platform_referrals_date ON platform_referrals (created_at, id)",
    "CREATE INDEX ix_platform_referrals_status_date ON platform_referrals (status, created_at, id)",
    "CREATE INDEX ix_platform_referrals_plan_date ON platform_referrals (plan, created_at, id)",
    "CREATE INDEX ix_platform_referrals_status_plan_date \
     ON platform_referrals (status, plan, created_at, id)",
    "CREATE INDEX ix_platform_referrals_credit \
     ON platform_referrals (COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_platform_referrals_status_credit \
     ON platform_referrals (status, COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_platform_referrals_plan_credit \
     ON platform_referrals (plan, COALESCE(credit_cents, 0), id, created_at)",
    "CREATE INDEX ix_platform_referrals_status_plan_credit \
     ON platform_referrals (status, plan, COALESCE(credit_cents, 0), id, created_at)",
];

const INDEX_NAMES: [&str; 16] = [
    "ix_referrals_date",
    "ix_referrals_status_date",
    "ix_referrals_kind_date",
    "ix_referrals_status_kind_date",
    "ix_referrals_credit",
    "ix_referrals_status_credit",
    "ix_referrals_kind_credit",
    "ix_referrals_status_kind_credit",
    "ix_platform_referrals_date",
    "ix_platform_referrals_status_date",
    "ix_platform_referrals_plan_date",
    "ix_platform_referrals_status_plan_date",
    "ix_platform_referrals_credit",
    "ix_platform_referrals_status_credit",
    "ix_platform_referrals_plan_credit",
    "ix_platform_referrals_status_plan_credit",
];

/// Fill the new columns of existing rows.
const FILLED: [&str; 4] = [
    "UPDATE referrals SET purchase_kind = \
     (SELECT kind FROM purchases WHERE purchases.id = referrals.purchase_id) \
     WHERE purchase_id IS NOT NULL",
    "INSERT INTO search_words (subject, site_id, word, row_id) \
     SELECT 'member', site_id, email_account, id FROM users",
    "INSERT INTO search_words (subject, site_id, word, row_id) \
     SELECT 'member', site_id, lower(first_name), id FROM users WHERE true \
     ON CONFLICT DO NOTHING",
    "INSERT INTO search_words (subject, site_id, word, row_id) \
     SELECT 'member', site_id, lower(last_name), id FROM users WHERE true \
     ON CONFLICT DO NOTHING",
];

/// Who changed what by hand. A row without a site is about the platform program; a row without an
/// actor came from the command line.
fn audit_log() -> TableCreateStatement {
    table("audit_log")
        .col(id())
        .col(maybe_number("site_id"))
        .col(maybe_number("actor_id"))
        .col(text("actor"))
        .col(text("subject"))
        .col(text("field"))
        .col(maybe_text("old_value"))
        .col(maybe_text("new_value"))
        .col(number("created_at"))
        .foreign_key(&mut points_to("audit_log", "site_id", "sites"))
        .foreign_key(&mut points_to("audit_log", "actor_id", "users"))
        .take()
}

/// The words by which a row is found. The search is by prefix, so they are ordered byte by byte.
fn search_words(database: DatabaseBackend) -> TableCreateStatement {
    let mut word = text("word");
    if database == DatabaseBackend::Postgres {
        word.extra("COLLATE \"C\"");
    }
    table("search_words")
        .col(text("subject"))
        .col(number("site_id"))
        .col(word)
        .col(number("row_id"))
        .primary_key(
            Index::create()
                .col(Alias::new("subject"))
                .col(Alias::new("site_id"))
                .col(Alias::new("word"))
                .col(Alias::new("row_id")),
        )
        .take()
}
