//! The database: SQLite for one machine, PostgreSQL for many. One file of queries for each table.

use std::path::{Path, PathBuf};

use sea_orm::{
    DatabaseTransaction, DbErr, RuntimeErr, SqlErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sqlx::{PgPool, SqlitePool};

pub mod admins;
pub mod api_tokens;
pub mod audit_log;
pub mod backup;
pub mod checkout_sessions;
mod columns;
mod connect;
pub mod credit_retries;
pub mod credits;
pub mod entities;
mod guard;
pub mod idempotency_keys;
pub mod location;
pub mod migrating;
pub mod notifications;
pub mod platform_purchases;
pub mod platform_referrals;
pub mod platform_referrers;
pub mod platform_settings;
mod pooler;
pub mod prepared;
pub mod probe;
pub mod products;
pub mod purchases;
mod reader;
pub mod referral_codes;
pub mod referral_counts;
pub mod referral_outcomes;
pub mod referral_table;
pub mod referrals;
mod scope;
pub mod search_words;
pub mod sessions;
pub mod site_settings;
pub mod sites;
pub mod stripe_accounts;
pub mod stripe_customers;
pub mod stripe_events;
pub mod users;
mod writer;

pub use columns::{
    ApiTokenId, AuditEntryId, CheckoutSessionId, Coded, CreditId, Id, MemberId, NotificationId,
    PlatformPurchaseId, PlatformReferralId, PlatformReferrerId, ProductId, PurchaseId, ReferralId,
    SiteId, StripeAccountId, StripeCustomerRowId, StripeEventId, Timestamp, row,
};
pub use reader::Reader;
pub use scope::Scope;
pub use writer::{Write, Writer};

/// The pool under sea-orm, for the queue and for `LISTEN`.
#[derive(Clone, Debug)]
pub enum Pool {
    /// One file, one machine.
    Sqlite(SqlitePool),
    /// A server, any number of processes.
    Postgres(PgPool),
}

/// The database. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Reader,
    /// Where those who write queue up. SQLite lets one write at a time, and whoever waits for it
    /// there asks again after up to 100 ms, in no order: with one connection for all of this process
    /// they take turns without a pause. On PostgreSQL the same connections as the reader's.
    writer: Writer,
    pool: Pool,
    /// On PostgreSQL the queue's own, since apalis may give up a `BEGIN` on its way.
    queue_pool: Pool,
    /// Where SQLite keeps it.
    file: Option<PathBuf>,
    unended: guard::Unended,
}

impl Db {
    /// For statements outside a transaction that only read.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// For a statement outside a transaction that writes, and is to take its turn with the
    /// transactions of this process.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The pool under it; on SQLite the one of those who write.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The queue's pool.
    pub fn queue_pool(&self) -> &Pool {
        &self.queue_pool
    }

    /// The SQLite file; `None` on PostgreSQL.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// Grows each time that SQLite gives up a transaction by itself, as it does on a full disk.
    pub fn given_up(&self) -> u64 {
        self.unended.count()
    }

    /// Waits until what is under way has ended and lets go of every connection. A SQLite file is
    /// whole by itself then, without its write-ahead log, unless another process has it open.
    ///
    /// # Errors
    /// If a connection cannot be closed.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.reader.0.close_by_ref().await?;
        if let Pool::Postgres(pool) = &self.queue_pool {
            pool.close().await;
        }
        self.writer.0.close_by_ref().await
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once, so that it
    /// waits its turn instead of failing half-way; within it, nothing may write by another way.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        if let Pool::Sqlite(_) = self.pool {
            return self.writer.0.begin_with_options(options).await;
        }
        // Of a `BEGIN` that is given up on its way to PostgreSQL, since a browser hung up, sqlx 0.9
        // knows nothing, and the connection would go back to the pool in that transaction. In a task
        // of its own it is waited for, and then rolled back.
        let writer = self.writer.0.clone();
        tokio::spawn(async move { writer.begin_with_options(options).await })
            .await
            .map_err(|ended| DbErr::Conn(RuntimeErr::Internal(ended.to_string())))?
    }
}

/// The write was refused because a row with this unique value exists.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
