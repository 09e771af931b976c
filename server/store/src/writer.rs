//! Statements that write by themselves, outside a transaction.

use async_trait::async_trait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseExecutor, DatabaseTransaction, DbBackend, DbErr,
    ExecResult, IntoDatabaseExecutor, QueryResult, Statement,
};

/// Where statements that write may go: to a [`Writer`], or into a transaction.
pub trait Write: ConnectionTrait {}

impl Write for Writer {}
impl Write for DatabaseTransaction {}

/// A connection whose answers wait for the end of the statement. Of `INSERT … RETURNING` sqlx 0.9
/// gives the first row out before the commit, and forgets the commit's own error: a row would be
/// answered that is nowhere.
#[derive(Clone, Debug)]
pub struct Writer(pub(super) DatabaseConnection);

/// For migrations.
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
