//! What needs the viewer's attention, in the programs whose credits they manage.

use domain::{
    account::Permission,
    attention::{AttentionLine, undelivered_mail},
};
use services::{attention, rights::ManageCredits};
use store::{Scope, mails, platform_settings};

use super::mail::own_site;
use crate::ports::Services;

/// One line for each thing to do; empty for somebody who may not do it.
pub async fn lines(services: &Services) -> anyhow::Result<Vec<AttentionLine>> {
    let (state, context) = (&services.state, &services.context);
    let mut lines = Vec::new();
    if let Some(staff) = context.tenant_staff::<ManageCredits>() {
        let account = staff.site.row.stripe_account_id;
        let scope = Scope::Site(staff.site.id());
        lines.extend(attention::of(state, scope, account).await?.lines());
    }
    if context.platform_staff::<ManageCredits>().is_some() {
        let account = platform_settings::get(state.db.reader())
            .await?
            .stripe_account_id;
        lines.extend(
            attention::of(state, Scope::Platform, account)
                .await?
                .lines(),
        );
    }
    if let Some(site_id) = own_site(context, Permission::ManageSettings) {
        let undelivered = mails::count_failed(state.db.reader(), site_id, attention::MOST).await?;
        lines.extend(undelivered_mail(undelivered));
    }
    Ok(lines)
}
