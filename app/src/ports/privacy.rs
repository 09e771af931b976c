//! Deleting the signed-in member's account.

use async_trait::async_trait;

use super::Answer;
use crate::types::{Deletion, DeletionForm, Outcome};

/// The signed-in member's own data.
#[async_trait]
pub trait Privacy: Send + Sync {
    /// What is lost with the account; `None` for a visitor.
    async fn deletion(&self) -> Answer<Option<Deletion>>;
    /// Begins to delete the account, signs out, and goes to a page that says so.
    async fn delete_account(&self, form: &DeletionForm) -> Answer<Outcome>;
}
