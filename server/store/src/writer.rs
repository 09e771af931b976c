//! A connection for single statements that write, outside a transaction.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, IntoDatabaseExecutor, QueryResult, Statement,
};

/// A connection that may write: a [`Writer`] or a transaction.
pub trait Write: ConnectionTrait {}

impl Write for Writer {}
impl Write for DatabaseTransaction {}

/// A connection that returns rows only after the statement has ended. For `INSERT … RETURNING`,
/// sqlx 0.9 returns the first row before the commit and drops an error of the commit, so a caller
/// would get a row that does not exist.
#[derive(Clone, Debug)]
pub struct Writer(pub(super) DatabaseConnection);

/// Migrations need an executor.
impl<'c> IntoDatabaseExecutor<'c> for &'c Writer {
    fn into_database_executor(self) -> DatabaseExecutor<'c> {
        DatabaseExecutor::Connection(&self.0)
    }
}

#[async_trait]
impl ConnectionTrait for Writer {
    fn get_database_backend(&self) -> DbBackend {
        self.0.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.0.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.0.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let rows = self.0.query_all_raw(statement).await?;
        Ok(rows.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.0.query_all_raw(statement).await
    }

    fn support_returning(&self) -> bool {
        self.0.support_returning()
    }
}
