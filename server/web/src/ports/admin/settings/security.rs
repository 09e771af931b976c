//! The security log, as an admin reads it.

use app::types::admin::{SecurityEntry, SecurityPage};
use domain::account::Permission;
use server_core::dates;
use services::rights::ManageSettings;
use store::{SecurityEntryId, entities::security_entry, security_log, users};

use crate::ports::{Services, admin::mail::own_site};

/// Entries on a page.
const PAGE: usize = 50;

/// A page of what happened to accounts of the site that the viewer runs.
pub async fn page(services: &Services, before: Option<i64>) -> anyhow::Result<SecurityPage> {
    let context = &services.context;
    let links = context.tenant_staff::<ManageSettings>().is_some();
    let Some(site_id) = own_site(context, Permission::ManageSettings) else {
        return Ok(SecurityPage {
            second_factor_required: None,
            confirmed_friends_only: None,
            entries: Vec::new(),
            links,
            older: None,
        });
    };
    let db = services.state.db.reader();
    let before = before.map(SecurityEntryId::new);
    // One row more than the page shows tells whether there are older ones.
    let mut rows = security_log::list(db, site_id, before, PAGE as u64 + 1).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    let members = rows.iter().map(|row| row.user_id).collect();
    let names = users::named(db, site_id, members).await?;
    let entry = |row: security_entry::Model| SecurityEntry {
        member: names.get(&row.user_id).cloned().unwrap_or_default(),
        member_id: row.user_id.get(),
        event: row.event.label().to_owned(),
        times: row.times,
        network: row.network,
        device: row.device,
        on: dates::minute(row.first_at),
        at: dates::iso(row.first_at),
    };
    let site = &services.context.site.row;
    Ok(SecurityPage {
        confirmed_friends_only: links.then_some(site.confirmed_friends_only),
        second_factor_required: own_site(context, Permission::ManageTeam)
            .map(|_| site.second_factor_required),
        links,
        older: rows.last().filter(|_| more).map(|row| row.id.get()),
        entries: rows.into_iter().map(entry).collect(),
    })
}
