//! A connection that asks the database how it does each query, before it does it.

use std::sync::Mutex;

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
};

use super::TestApp;

/// In one transaction, in which PostgreSQL reads a whole table only if no index leads to the rows, however few
/// the table has.
pub struct Explained {
    tx: DatabaseTransaction,
    plans: Mutex<Vec<String>>,
}

impl Explained {
    pub async fn begin(app: &TestApp) -> Self {
        let tx = app.state.db.begin().await.unwrap();
        if tx.get_database_backend() == DbBackend::Postgres {
            let never = "SET LOCAL enable_seqscan = off";
            tx.execute_unprepared(never).await.unwrap();
        }
        Self {
            tx,
            plans: Mutex::default(),
        }
    }

    /// Fails if a query since the last call reads a whole table, or if SQLite uses none of one of these
    /// indexes. PostgreSQL may choose others for tables as small as a test's.
    pub fn assert_reads(&self, indexes: &[&str]) {
        let plans = std::mem::take(&mut *self.plans.lock().unwrap());
        assert!(!plans.is_empty(), "nothing was asked");
        let plan = plans.join("\n");
        if self.tx.get_database_backend() == DbBackend::Postgres {
            assert!(!plan.contains("Seq Scan"), "{plan}");
            return;
        }
        let mut lines = plan.lines();
        let whole = lines.find(|line| {
            let of_rows = line.strip_prefix("SCAN ");
            of_rows.is_some_and(|of| !of.contains("USING") && !of.starts_with(['(', 'C']))
        });
        assert_eq!(whole, None, "{plan}");
        for index in indexes {
            assert!(plan.contains(index), "not by {index}: {plan}");
        }
    }

    async fn explain(&self, statement: &Statement) -> Result<(), DbErr> {
        let (explain, column) = match self.tx.get_database_backend() {
            DbBackend::Postgres => ("EXPLAIN (COSTS OFF)", "QUERY PLAN"),
            _ => ("EXPLAIN QUERY PLAN", "detail"),
        };
        let mut asked = statement.clone();
        asked.sql = format!("{explain} {}", asked.sql);
        let rows = self.tx.query_all_raw(asked).await?;
        for row in rows {
            let line = row.try_get("", column)?;
            self.plans.lock().unwrap().push(line);
        }
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for Explained {
    fn get_database_backend(&self) -> DbBackend {
        self.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.tx.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.tx.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.explain(&statement).await?;
        self.tx.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.explain(&statement).await?;
        self.tx.query_all_raw(statement).await
    }
}
