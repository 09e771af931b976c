//! Counters of 32 days together. Three years have 35 spans instead of 1,100 days, so that the
//! console's cards for all time cost little more than those for a month.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::columns::{make, number, table, text, unmake};

#[derive(DeriveMigrationName)]
pub struct Migration;

const TABLE: &str = "referral_count_spans";
/// Days since 1970 divided by 32, which both databases compute alike.
const SPAN: &str = "day / 32";
const KEY: &str = "program, site_id, span, status, kind, currency";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make(manager, vec![spans()], vec![]).await?;
        let db = manager.get_connection();
        db.execute_unprepared(&format!(
            "INSERT INTO {TABLE} ({KEY}, referrals, credit_cents) \
             SELECT program, site_id, {SPAN}, status, kind, currency, \
             CAST(SUM(referrals) AS BIGINT), CAST(SUM(credit_cents) AS BIGINT) \
             FROM referral_counts GROUP BY 1, 2, 3, 4, 5, 6"
        ))
        .await?;
        let triggers = match manager.get_database_backend() {
            DatabaseBackend::Postgres => postgres(),
            _ => sqlite(),
        };
        for statement in triggers {
            db.execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let statements = match manager.get_database_backend() {
            DatabaseBackend::Postgres => vec![
                "DROP TRIGGER span_counts ON referral_counts".to_owned(),
                "DROP FUNCTION span_counts()".to_owned(),
            ],
            _ => ["insert", "update", "delete"]
                .map(|event| format!("DROP TRIGGER span_counts_{event}"))
                .to_vec(),
        };
        let db = manager.get_connection();
        for statement in statements {
            db.execute_unprepared(&statement).await?;
        }
        unmake(manager, &[TABLE]).await
    }
}

fn spans() -> TableCreateStatement {
    table(TABLE)
        .col(text("program"))
        .col(number("site_id"))
        .col(number("span"))
        .col(text("status"))
        .col(text("kind"))
        .col(text("currency"))
        .col(number("referrals"))
        .col(number("credit_cents"))
        .primary_key(
            Index::create()
                .col(Alias::new("program"))
                .col(Alias::new("site_id"))
                .col(Alias::new("span"))
                .col(Alias::new("status"))
                .col(Alias::new("kind"))
                .col(Alias::new("currency")),
        )
        .take()
}

/// Adds to the span of a counter. The key of a counter never changes.
fn add(row: &str, referrals: &str, credit_cents: &str) -> String {
    format!(
        "INSERT INTO {TABLE} ({KEY}, referrals, credit_cents) \
         VALUES ({row}.program, {row}.site_id, {row}.{SPAN}, {row}.status, {row}.kind, \
         {row}.currency, {referrals}, {credit_cents}) \
         ON CONFLICT ({KEY}) DO UPDATE SET \
         referrals = {TABLE}.referrals + excluded.referrals, \
         credit_cents = {TABLE}.credit_cents + excluded.credit_cents"
    )
}

/// What to add after an insert, an update and a delete of a counter.
fn additions() -> [(&'static str, String); 3] {
    [
        ("insert", add("NEW", "NEW.referrals", "NEW.credit_cents")),
        (
            "update",
            add(
                "NEW",
                "NEW.referrals - OLD.referrals",
                "NEW.credit_cents - OLD.credit_cents",
            ),
        ),
        ("delete", add("OLD", "-OLD.referrals", "-OLD.credit_cents")),
    ]
}

fn sqlite() -> Vec<String> {
    additions()
        .map(|(event, addition)| {
            format!(
                "CREATE TRIGGER span_counts_{event} AFTER {event} ON referral_counts \
                 BEGIN {addition}; END"
            )
        })
        .to_vec()
}

fn postgres() -> Vec<String> {
    let cases: String = additions()
        .map(|(event, addition)| {
            let event = event.to_uppercase();
            format!("IF TG_OP = '{event}' THEN {addition}; END IF; ")
        })
        .concat();
    vec![
        format!(
            "CREATE FUNCTION span_counts() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN {cases}RETURN NULL; END $$"
        ),
        "CREATE TRIGGER span_counts AFTER INSERT OR UPDATE OR DELETE ON referral_counts \
         FOR EACH ROW EXECUTE FUNCTION span_counts()"
            .to_owned(),
    ]
}
