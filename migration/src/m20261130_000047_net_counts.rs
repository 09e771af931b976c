//! The counters of credits leave out what was taken back, so that Total Credits is what referrers have.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A table whose rows are counted.
struct Counted {
    table: &'static str,
    program: &'static str,
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
/// What a row counts as credit, before and after this step.
const GROSS: &str = "COALESCE({row}credit_cents, 0)";
const NET: &str = "COALESCE({row}credit_cents, 0) - COALESCE({row}taken_back_cents, 0)";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for counted in COUNTED {
            counted.count(manager, NET, "-").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for counted in COUNTED {
            counted.count(manager, GROSS, "").await?;
        }
        Ok(())
    }
}

impl Counted {
    /// Counts `credit` of each row from now on, and adds what was taken back with this sign.
    async fn count(
        &self,
        manager: &SchemaManager<'_>,
        credit: &str,
        sign: &str,
    ) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DatabaseBackend::Postgres;
        let statements = match is_postgres {
            true => vec![self.postgres(credit)],
            false => self.sqlite(credit),
        };
        let db = manager.get_connection();
        for statement in statements {
            db.execute_unprepared(&statement).await?;
        }
        let taken = format!(
            "SELECT {} FROM {} WHERE taken_back_cents > 0",
            self.counter("", "0", &format!("{sign}taken_back_cents")),
            self.table
        );
        db.execute_unprepared(&add(&taken)).await?;
        Ok(())
    }

    /// The counter of a row, and the values to add to it.
    fn counter(&self, row: &str, referrals: &str, credit: &str) -> String {
        let Self { program, .. } = self;
        let (site, kind) = (
            self.site.replace("{row}", row),
            self.kind.replace("{row}", row),
        );
        format!(
            "'{program}' AS program, {site} AS site_id, {row}created_at / 86400000 AS day, \
             {row}status AS status, COALESCE({kind}, '') AS kind, \
             COALESCE({row}currency, '') AS currency, \
             {referrals} AS referrals, {credit} AS credit_cents"
        )
    }

    fn gone_and_come(&self, credit: &str) -> (String, String) {
        let old = format!("-({})", credit.replace("{row}", "OLD."));
        let new = credit.replace("{row}", "NEW.");
        (
            self.counter("OLD.", "-1", &old),
            self.counter("NEW.", "1", &new),
        )
    }

    fn sqlite(&self, credit: &str) -> Vec<String> {
        let table = self.table;
        let (gone, come) = self.gone_and_come(credit);
        let (gone, come) = (format!("SELECT {gone}"), format!("SELECT {come}"));
        let both = format!("{gone} UNION ALL {come}");
        let events = [("insert", &come), ("update", &both), ("delete", &gone)];
        let replace = |(event, changes): (&str, &String)| {
            let name = format!("count_{table}_{event}");
            [
                format!("DROP TRIGGER {name}"),
                format!(
                    "CREATE TRIGGER {name} AFTER {event} ON {table} BEGIN {}; END",
                    add(changes)
                ),
            ]
        };
        events.into_iter().flat_map(replace).collect()
    }

    fn postgres(&self, credit: &str) -> String {
        let table = self.table;
        let (gone, come) = self.gone_and_come(credit);
        let changes = format!(
            "SELECT {gone} WHERE TG_OP <> 'INSERT' UNION ALL SELECT {come} WHERE TG_OP <> 'DELETE'"
        );
        format!(
            "CREATE OR REPLACE FUNCTION count_{table}() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN {}; RETURN NULL; END $$",
            add(&changes)
        )
    }
}

/// Adds `changes`, a query, to the counters. It is ordered by their key, so that two transactions that
/// add to the same counters cannot deadlock.
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
