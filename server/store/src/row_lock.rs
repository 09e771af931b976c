//! The lock of a row that is read to be written.

use sea_orm::{QuerySelect, sea_query::LockType};

/// Locks the rows that a query finds until the transaction ends, against whoever locks or writes them. SQLite has one
/// writer at a time, and no such locks.
pub trait RowLock {
    /// With PostgreSQL's `FOR NO KEY UPDATE`: rows that name a locked one can still be written. `FOR UPDATE` has their
    /// foreign keys wait for it, in an order that nobody sees: two transactions waited for each other in this way.
    #[must_use]
    fn locked(self) -> Self;
}

impl<S: QuerySelect> RowLock for S {
    fn locked(self) -> Self {
        self.lock(LockType::NoKeyUpdate)
    }
}
