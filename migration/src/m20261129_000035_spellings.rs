//! E-mail addresses by the spelling that all of their spellings share, referral codes among the words
//! of the search, and how far the program has got with the rows that SQL cannot fold.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::columns::{add, flag, make, maybe_text, number, remove, table, text, unique, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The tables with addresses, the columns of the unique index, and the column by which the few rows
/// are found whose address another one has.
const TABLES: [(&str, &[&str], &str); 2] = [
    ("users", &["site_id", "email_key"], "site_id, id"),
    ("platform_referrers", &["email_key"], "id"),
];

/// What finds a code from now on, for rows of before.
const CODES: [&str; 3] = [
    "SELECT 'member', site_id, referral_code, id FROM users WHERE referral_code IS NOT NULL",
    "SELECT 'partner', 0, code, id FROM platform_referrers WHERE true",
    "SELECT 'buyer', 0, lower(code), id FROM platform_purchases WHERE length(code) = 8",
];

/// The rows that each subject of the search has.
const SUBJECTS: [&str; 4] = ["member", "partner", "customer", "buyer"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for (name, columns, alike_by) in TABLES {
            add(
                manager,
                name,
                vec![maybe_text("email_key"), flag("email_alike")],
            )
            .await?;
            // An address in ASCII is its own key. The other ones wait for the program.
            db.execute_unprepared(&format!(
                "UPDATE {name} SET email_key = email_account WHERE {}",
                is_ascii(manager)
            ))
            .await?;
            manager.create_index(unique(name, columns)).await?;
            db.execute_unprepared(&format!(
                "CREATE INDEX ix_{name}_email_alike ON {name} ({alike_by}) WHERE email_alike"
            ))
            .await?;
            // Without statistics of the new column PostgreSQL expects half of the rows to be alike.
            if manager.get_database_backend() == DatabaseBackend::Postgres {
                db.execute_unprepared(&format!("ANALYZE {name}")).await?;
            }
        }
        for code in CODES {
            db.execute_unprepared(&format!(
                "INSERT INTO search_words (subject, site_id, word, row_id) {code} \
                 ON CONFLICT DO NOTHING"
            ))
            .await?;
        }
        let respellings = table("respellings")
            .col(text("subject").primary_key())
            .col(number("done_to"))
            .take();
        make(manager, vec![respellings], vec![]).await?;
        for subject in SUBJECTS {
            db.execute_unprepared(&format!("INSERT INTO respellings VALUES ('{subject}', 0)"))
                .await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        unmake(manager, &["respellings"]).await?;
        for (name, columns, _) in TABLES {
            for index in [
                format!("ix_{name}_email_alike"),
                format!("ux_{name}_{}", columns.join("_")),
            ] {
                db.execute_unprepared(&format!("DROP INDEX {index}"))
                    .await?;
            }
            remove(manager, name, &["email_alike", "email_key"]).await?;
        }
        Ok(())
    }
}

/// Whether each character of the address is one byte.
fn is_ascii(manager: &SchemaManager<'_>) -> &'static str {
    match manager.get_database_backend() {
        DatabaseBackend::Postgres => "octet_length(email_account) = char_length(email_account)",
        _ => "length(CAST(email_account AS BLOB)) = length(email_account)",
    }
}
