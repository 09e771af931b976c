//! A backup of the product's tables, and its restore: newer rows are lost, and their ids are given
//! to other rows later.

use sea_orm::ConnectionTrait;
use store::Pool;

use super::TestApp;

/// The tables that a restore sets back, each after the tables that it references.
const TABLES: [&str; 18] = [
    "users",
    "known_devices",
    "second_factors",
    "security_log",
    "audit_log",
    "stripe_customers",
    "purchases",
    "checkout_sessions",
    "stripe_events",
    "referrals",
    "platform_purchases",
    "refunds",
    "disputes",
    "subscriptions",
    "platform_referrals",
    "credits",
    "notifications",
    "search_words",
];

impl TestApp {
    /// Copies the tables.
    pub async fn back_up(&self) {
        for table in TABLES {
            self.run(&format!("DROP TABLE IF EXISTS copy_of_{table}"))
                .await;
            self.run(&format!(
                "CREATE TABLE copy_of_{table} AS SELECT * FROM {table}"
            ))
            .await;
        }
        self.lose_jobs().await;
    }

    /// Puts the copies back.
    pub async fn restore(&self) {
        self.run("UPDATE users SET referred_by_user_id = NULL")
            .await;
        for table in TABLES.iter().rev() {
            self.run(&format!("DELETE FROM {table}")).await;
        }
        for table in TABLES {
            self.run(&format!(
                "INSERT INTO {table} SELECT * FROM copy_of_{table}"
            ))
            .await;
            let highest = format!("(SELECT coalesce(max(id), 0) FROM {table})");
            match self.state.db.pool() {
                _ if table == "search_words" => {}
                Pool::Sqlite(_) => {
                    let reset = "UPDATE sqlite_sequence SET seq";
                    self.run(&format!("{reset} = {highest} WHERE name = '{table}'"))
                        .await;
                }
                Pool::Postgres(_) => {
                    let sequence = format!("pg_get_serial_sequence('{table}', 'id')");
                    self.run(&format!("SELECT setval({sequence}, {highest} + 1, false)"))
                        .await;
                }
            }
        }
        self.lose_jobs().await;
    }

    pub async fn run(&self, sql: &str) {
        let done = self.state.db.writer().execute_unprepared(sql).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
}
