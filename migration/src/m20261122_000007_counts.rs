//! Counters of the referrals by day, status and kind, and of what they earned. Triggers update them
//! in the transaction that changes a referral, so that the console's cards never read a million
//! rows.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::columns::{make, number, table, text, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A table whose rows are counted.
struct Counted {
    table: &'static str,
    program: &'static str,
    /// The site of the counters. Platform referrals are counted without a site (0), because they
    /// may belong to any brand.
    site: &'static str,
    kind: &'static str,
}

const COUNTED: [Counted; 2] = [
    Counted {
        table: "referrals",
        program: "tenant",
        site: "{row}site_id",
        kind: "{row}purchase_kind",
    },
    Counted {
        table: "platform_referrals",
        program: "platform",
        site: "0",
        kind: "{row}plan",
    },
];

const KEY: &str = "program, site_id, day, status, kind, currency";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(manager, vec![referral_counts()], vec![]).await?;
        let db = manager.get_connection();
        for counted in COUNTED {
            db.execute_unprepared(&counted.count_what_is_there())
                .await?;
            let triggers = match manager.get_database_backend() {
                DatabaseBackend::Postgres => counted.postgres(),
                _ => counted.sqlite(),
            };
            for statement in triggers {
                db.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        for Counted { table, .. } in COUNTED {
            let statements = match manager.get_database_backend() {
                DatabaseBackend::Postgres => vec![
                    format!("DROP TRIGGER count_{table} ON {table}"),
                    format!("DROP FUNCTION count_{table}()"),
                ],
                _ => ["insert", "update", "delete"]
                    .map(|event| format!("DROP TRIGGER count_{table}_{event}"))
                    .to_vec(),
            };
            for statement in statements {
                db.execute_unprepared(&statement).await?;
            }
        }
        unmake(manager, &["referral_counts"]).await
    }
}

fn referral_counts() -> TableCreateStatement {
    table("referral_counts")
        .col(text("program"))
        .col(number("site_id"))
        .col(number("day"))
        .col(text("status"))
        .col(text("kind"))
        .col(text("currency"))
        .col(number("referrals"))
        .col(number("credit_cents"))
        .primary_key(
            Index::create()
                .col(Alias::new("program"))
                .col(Alias::new("site_id"))
                .col(Alias::new("day"))
                .col(Alias::new("status"))
                .col(Alias::new("kind"))
                .col(Alias::new("currency")),
        )
        .take()
}

impl Counted {
    /// The counter of a row, and the values to add to it.
    fn counter(&self, row: &str, sign: &str) -> String {
        let Self { program, .. } = self;
        let (site, kind) = (
            self.site.replace("{row}", row),
            self.kind.replace("{row}", row),
        );
        format!(
            "'{program}' AS program, {site} AS site_id, {row}created_at / 86400000 AS day, \
             {row}status AS status, COALESCE({kind}, '') AS kind, \
             COALESCE({row}currency, '') AS currency, \
             {sign}1 AS referrals, {sign}COALESCE({row}credit_cents, 0) AS credit_cents"
        )
    }

    /// Adds `changes`, a query, to the counters. It is ordered by their key, so that two
    /// transactions that add to the same counters cannot deadlock.
    fn add(changes: &str) -> String {
        format!(
            "INSERT INTO referral_counts ({KEY}, referrals, credit_cents) \
             SELECT {KEY}, SUM(referrals), SUM(credit_cents) FROM ({changes}) AS changes \
             WHERE true GROUP BY {KEY} ORDER BY {KEY} \
             ON CONFLICT ({KEY}) DO UPDATE SET \
             referrals = referral_counts.referrals + excluded.referrals, \
             credit_cents = referral_counts.credit_cents + excluded.credit_cents"
        )
    }

    fn count_what_is_there(&self) -> String {
        Self::add(&format!(
            "SELECT {} FROM {}",
            self.counter("", ""),
            self.table
        ))
    }

    fn sqlite(&self) -> Vec<String> {
        let table = self.table;
        let gone = format!("SELECT {}", self.counter("OLD.", "-"));
        let come = format!("SELECT {}", self.counter("NEW.", ""));
        let both = format!("{gone} UNION ALL {come}");
        [("insert", &come), ("update", &both), ("delete", &gone)]
            .map(|(event, changes)| {
                format!(
                    "CREATE TRIGGER count_{table}_{event} AFTER {event} ON {table} BEGIN {}; END",
                    Self::add(changes)
                )
            })
            .to_vec()
    }

    fn postgres(&self) -> Vec<String> {
        let table = self.table;
        let changes = format!(
            "SELECT {} WHERE TG_OP <> 'INSERT' UNION ALL SELECT {} WHERE TG_OP <> 'DELETE'",
            self.counter("OLD.", "-"),
            self.counter("NEW.", ""),
        );
        vec![
            format!(
                "CREATE FUNCTION count_{table}() RETURNS trigger LANGUAGE plpgsql AS \
                 $$ BEGIN {}; RETURN NULL; END $$",
                Self::add(&changes)
            ),
            format!(
                "CREATE TRIGGER count_{table} AFTER INSERT OR UPDATE OR DELETE ON {table} \
                 FOR EACH ROW EXECUTE FUNCTION count_{table}()"
            ),
        ]
    }
}
