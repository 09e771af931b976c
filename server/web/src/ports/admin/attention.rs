//! What needs the viewer's attention, in the programs that they run.

use domain::attention::{AttentionLine, undelivered_mail};
use services::attention;
use store::{Scope, mails, platform_settings};

use super::mail::own_site;
use crate::ports::Services;

/// One line for each thing to do; empty for somebody who is no admin.
pub async fn lines(services: &Services) -> anyhow::Result<Vec<AttentionLine>> {
    let (state, context) = (&services.state, &services.context);
    let mut lines = Vec::new();
    if let Some(admin) = context.tenant_admin() {
        let account = admin.site.row.stripe_account_id;
        let scope = Scope::Site(admin.site.id());
        lines.extend(attention::of(state, scope, account).await?.lines());
    }
    if context.platform_admin().is_some() {
        let account = platform_settings::get(state.db.reader())
            .await?
            .stripe_account_id;
        lines.extend(
            attention::of(state, Scope::Platform, account)
                .await?
                .lines(),
        );
    }
    if let Some(site_id) = own_site(context) {
        let undelivered = mails::count_failed(state.db.reader(), site_id, attention::MOST).await?;
        lines.extend(undelivered_mail(undelivered));
    }
    Ok(lines)
}
