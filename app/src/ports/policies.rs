//! The terms of the site and its privacy policy.

use async_trait::async_trait;
use domain::policy::Policy;

use super::Answer;

/// What the page of a policy does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ShownPolicy {
    /// It shows the text: paragraphs, separated by blank lines.
    Text(String),
    /// It leads to this address.
    Elsewhere(String),
}

/// The policies of the site.
#[async_trait]
pub trait Policies: Send + Sync {
    /// `None` if the site has no such policy.
    async fn shown(&self, policy: Policy) -> Answer<Option<ShownPolicy>>;
}
