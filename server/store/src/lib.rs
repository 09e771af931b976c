//! The database: SQLite for one machine, PostgreSQL for many. Each module has the queries of
//! a table or of a task.

use std::path::{Path, PathBuf};

use sea_orm::{
    DatabaseTransaction, DbErr, RuntimeErr, SqlErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use sqlx::{PgPool, SqlitePool};

pub mod admins;
pub mod alike;
pub mod api_tokens;
pub mod attention_digests;
pub mod audit_log;
pub mod backup;
pub mod checkout_sessions;
mod columns;
mod connect;
pub mod credit_retries;
pub mod credits;
mod cut;
pub mod data_keys;
pub mod deletions;
pub mod disputes;
pub mod email_confirmations;
pub mod entities;
pub mod erased_addresses;
mod foreign_amount;
pub mod friends;
mod guard;
pub mod idempotency_keys;
mod index_hints;
pub mod invitations;
pub mod known_devices;
pub mod location;
pub mod mailed_links;
pub mod mails;
pub mod migrating;
pub mod notifications;
pub mod orders;
pub mod paid;
pub mod paid_purchases;
pub mod password_resets;
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
pub mod reconciliations;
pub mod referral_adjustments;
pub mod referral_clicks;
pub mod referral_codes;
pub mod referral_counts;
pub mod referral_days;
pub mod referral_outcomes;
pub mod referral_table;
pub mod referrals;
pub mod referrer_links;
pub mod referrer_sessions;
pub mod referrer_totals;
pub mod refunds;
pub mod respellings;
mod row_lock;
mod scope;
pub mod sealed;
pub mod search_words;
pub mod second_factors;
pub mod security_log;
pub mod sessions;
pub mod site_hosts;
pub mod site_policies;
pub mod site_profiles;
pub mod site_settings;
pub mod sites;
pub mod stripe_accounts;
pub mod stripe_customers;
pub mod stripe_events;
pub mod subscriptions;
pub mod terms;
pub mod throttles;
pub mod users;
pub mod without_purchase;
mod writer;

pub use columns::{
    ApiTokenId, AuditEntryId, CheckoutSessionId, Coded, CreditId, DisputeId, EmailConfirmationId,
    Id, InvitationId, KnownDeviceId, MailId, MemberId, NotificationId, PasswordResetId,
    PlatformPurchaseId, PlatformReferralId, PlatformReferrerId, ProductId, PurchaseId,
    ReconciliationDifferenceId, ReconciliationId, ReferralClickId, ReferralId, ReferrerLinkId,
    RefundId, SecondFactorId, SecurityEntryId, SiteId, StripeAccountId, StripeCustomerRowId,
    StripeEventId, SubscriptionId, Timestamp, row,
};
pub use cut::was_cut;
pub use paid::Paid;
pub use reader::Reader;
pub use scope::Scope;
pub use writer::{Write, Writer};

/// The sqlx pool below sea-orm, for the job queue and for `LISTEN`.
#[derive(Clone, Debug)]
pub enum Pool {
    /// One file on one machine.
    Sqlite(SqlitePool),
    /// One database server for any number of processes.
    Postgres(PgPool),
}

/// A handle to the database; cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Reader,
    /// On SQLite a pool with one connection, so that this process's writers queue fairly. SQLite
    /// allows one writer at a time and lets the others poll with up to 100 ms backoff, in no order.
    /// On PostgreSQL this is the reader's pool.
    writer: Writer,
    pool: Pool,
    /// On PostgreSQL a pool of the queue's own, because apalis may cancel a `BEGIN` half-way.
    queue_pool: Pool,
    file: Option<PathBuf>,
    unended: guard::Unended,
}

impl Db {
    /// For statements outside a transaction that only read.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// For a statement outside a transaction that writes; on SQLite it queues with this process's
    /// transactions.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    /// The pool below; on SQLite the writer's.
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    pub fn queue_pool(&self) -> &Pool {
        &self.queue_pool
    }

    /// The SQLite file; `None` on PostgreSQL.
    pub fn file(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// How many transactions SQLite has rolled back by itself so far, as it does on a full disk.
    pub fn given_up(&self) -> u64 {
        self.unended.count()
    }

    /// Waits for running statements and closes every connection. A SQLite file is then complete
    /// without its write-ahead log, unless another process has it open.
    ///
    /// # Errors
    /// Fails if a connection cannot be closed.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.reader.0.close_by_ref().await?;
        if let Pool::Postgres(pool) = &self.queue_pool {
            pool.close().await;
        }
        self.writer.0.close_by_ref().await
    }

    /// Begins a transaction that will write. On SQLite it takes the write lock at once, so that it
    /// queues instead of failing half-way. Until it ends, this task must write through it alone.
    ///
    /// # Errors
    /// Fails if the database does not answer.
    pub async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        if let Pool::Sqlite(_) = self.pool {
            return self.writer.0.begin_with_options(options).await;
        }
        // sqlx 0.9 does not track a `BEGIN` that is canceled on its way to PostgreSQL, for instance
        // because a browser hung up: the connection would return to the pool inside that
        // transaction. A task of its own finishes the `BEGIN` in any case and rolls it back.
        let writer = self.writer.0.clone();
        tokio::spawn(async move { writer.begin_with_options(options).await })
            .await
            .map_err(|ended| DbErr::Conn(RuntimeErr::Internal(ended.to_string())))?
    }
}

/// Whether the write failed because a row with the same unique value exists.
pub fn is_taken(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}
