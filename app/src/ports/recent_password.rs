//! A password that was typed a short time ago.

use async_trait::async_trait;

use super::Answer;
use crate::types::Outcome;

#[async_trait]
pub trait RecentPassword: Send + Sync {
    /// Whether a page with a form that needs one asks for it first.
    async fn is_asked(&self) -> Answer<bool>;
    /// The signed-in member types it.
    async fn type_password(&self, password: &str) -> Answer<Outcome>;
}
