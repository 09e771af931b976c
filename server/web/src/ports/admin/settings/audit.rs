//! The audit log, as an admin reads it.

use app::types::admin::{AuditEntry, AuditPage};
use domain::log_filter::LogFilter;
use server_core::{dates, zone::Zone};
use services::rights::ManageSettings;
use store::{
    AuditEntryId,
    audit_log::{self, Wanted},
    entities::audit_entry,
    referral_days::Days,
};

use crate::ports::Services;

/// Entries on a page.
const PAGE: usize = 50;

/// A page of the changes that the viewer may see: those of the site whose settings they manage,
/// and those of the platform program if they manage its settings.
pub async fn page(
    services: &Services,
    filter: &LogFilter,
    before: Option<i64>,
) -> anyhow::Result<AuditPage> {
    let context = &services.context;
    let site_id = context
        .tenant_staff::<ManageSettings>()
        .map(|staff| staff.site.id());
    let platform = context.platform_staff::<ManageSettings>().is_some();
    let db = services.state.db.reader();
    // One row more than the page shows tells whether there are older ones.
    let wanted = Wanted {
        text: &filter.text,
        days: Days::between(filter.from, filter.to, services.zone()),
        before: before.map(AuditEntryId::new),
        limit: PAGE as u64 + 1,
    };
    let mut rows = audit_log::list(db, site_id, platform, wanted).await?;
    let more = rows.len() > PAGE;
    rows.truncate(PAGE);
    Ok(AuditPage {
        older: rows.last().filter(|_| more).map(|row| row.id.get()),
        entries: rows
            .into_iter()
            .map(|row| entry(row, services.zone()))
            .collect(),
    })
}

fn entry(row: audit_entry::Model, zone: &Zone) -> AuditEntry {
    AuditEntry {
        id: row.id.get(),
        actor: row.actor,
        subject: row.subject,
        field: row.field,
        old: row.old_value,
        new: row.new_value,
        platform: row.site_id.is_none(),
        on: dates::minute(row.created_at, zone),
        at: dates::iso(row.created_at),
    }
}
