//! The books, in the console.

use async_trait::async_trait;
use domain::credit::Program;

use super::Answer;
use crate::types::{Outcome, admin::BooksPage};

/// Each function checks the permission to manage the program's credits.
#[async_trait]
pub trait AdminBooks: Send + Sync {
    /// The books; `None` without the permission.
    async fn page(&self, program: Program) -> Answer<Option<BooksPage>>;
    /// **Compare with Stripe now**.
    async fn compare(&self, program: Program) -> Answer<Outcome>;
    /// **Mark as done** of an open difference.
    async fn set_done(&self, program: Program, id: i64) -> Answer<Outcome>;
}
