//! The second factor of a member's account.

use async_trait::async_trait;

use super::Answer;
use crate::types::{FactorSetup, Outcome};

#[async_trait]
pub trait SecondFactor: Send + Sync {
    /// Begins to set one up, for a member who knows the password; leads to the page that shows it.
    async fn begin(&self, password: &str) -> Answer<Outcome>;
    /// What the member needs who began; `None` if nobody did.
    async fn setup(&self) -> Answer<Option<FactorSetup>>;
    /// Turns it on with a code of the member's app.
    async fn confirm(&self, code: &str) -> Answer<Outcome>;
    /// Turns it off, for a member who knows the password and has a code.
    async fn remove(&self, password: &str, code: &str) -> Answer<Outcome>;
    /// Sets whether everybody who opens the console of this site needs one.
    async fn require(&self, required: bool) -> Answer<Outcome>;
}
