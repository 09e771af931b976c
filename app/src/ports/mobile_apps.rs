//! The port behind Site Settings > Mobile app, and the page that leads back to an app.

use async_trait::async_trait;

use super::Answer;
use crate::types::{Outcome, admin::MobileAppsForm};

#[async_trait]
pub trait MobileApps: Send + Sync {
    /// What is saved, as it is typed; `None` for somebody who does not manage this site.
    async fn saved(&self) -> Answer<Option<MobileAppsForm>>;
    async fn save(&self, form: &MobileAppsForm) -> Answer<Outcome>;
    /// The address of the site's app to which the page leads on; `None` if `to` is not one.
    async fn address_of_app(&self, to: &str) -> Answer<Option<String>>;
}
