//! The page of a platform referrer, who has no account.

use async_trait::async_trait;

use super::Answer;
use crate::types::{Outcome, ReferrerOverview};

/// A platform referrer's own page, at each brand.
#[async_trait]
pub trait ReferrerPages: Send + Sync {
    /// Mails a link that signs in to the platform referrer who has this address; the answer is the same
    /// if nobody has it.
    async fn mail_link(&self, email: &str) -> Answer<Outcome>;
    /// Whether the link with this token works.
    async fn is_link(&self, token: &str) -> Answer<bool>;
    /// Signs in whoever was mailed the link.
    async fn sign_in(&self, token: &str) -> Answer<Outcome>;
    async fn sign_out(&self) -> Answer<Outcome>;
    /// What the platform referrer of this browser sees; `None` for who is not signed in as one.
    async fn own(&self) -> Answer<Option<ReferrerOverview>>;
}
