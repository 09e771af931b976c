//! The memberships of the signed-in member, the login page for subscribers of a brand, and Admin > Orders >
//! Memberships.

use async_trait::async_trait;
use domain::purchase::SubscriptionFilter;

use super::Answer;
use crate::types::{Membership, Outcome, admin::SubscriptionsPage};

/// Memberships and plans, after their purchase.
#[async_trait]
pub trait Memberships: Send + Sync {
    /// The member's memberships, newest first; none for a visitor.
    async fn mine(&self) -> Answer<Vec<Membership>>;
    /// Leads to Stripe's billing portal, where the membership of this purchase is managed.
    async fn manage(&self, purchase_id: i64) -> Answer<Outcome>;
    /// Stripe's login page for the subscribers of a brand; `None` if there is none yet.
    async fn login_url(&self) -> Answer<Option<String>>;
    /// A page of the console; `None` without the right to it.
    async fn listed(
        &self,
        filter: SubscriptionFilter,
        ignored: Vec<String>,
    ) -> Answer<Option<SubscriptionsPage>>;
}
