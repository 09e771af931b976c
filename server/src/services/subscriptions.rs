//! PewPros and CoachPros, sold on the platform's sites.

use app::{
    ports::{Answer, Broken, Subscriptions},
    types::PlatformReceipt,
};
use async_trait::async_trait;

use super::Services;

#[async_trait]
impl Subscriptions for Services {
    async fn receipt(&self, _checkout_session: &str) -> Answer<Option<PlatformReceipt>> {
        Err(Broken)
    }
}
