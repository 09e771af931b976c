//! The port behind the pages of a site's terms and privacy policy.

use app::ports::{Answer, Policies, ShownPolicy};
use async_trait::async_trait;
use domain::policy::{Policy, page_address};
use store::site_policies;

use super::{Services, internal_error};

#[async_trait]
impl Policies for Services {
    async fn shown(&self, policy: Policy) -> Answer<Option<ShownPolicy>> {
        let db = self.state.db.reader();
        let content = site_policies::content(db, self.context.site.id(), policy).await;
        let content = content.map_err(|error| internal_error(error.into()))?;
        Ok(content.map(|content| match page_address(&content) {
            Some(address) => ShownPolicy::Elsewhere(address.to_owned()),
            None => ShownPolicy::Text(content),
        }))
    }
}
