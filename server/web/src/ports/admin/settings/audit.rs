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

use super::amounts;
use crate::ports::Services;

/// Entries on a page.
const PAGE: usize = 50;

/// A page of the changes that the viewer may see, with values as they were written: those of the site
/// whose settings they manage, and those of the platform program if they manage its settings.
///
/// # Errors
/// If the database fails.
pub async fn page(
    services: &Services,
    filter: &LogFilter,
    before: Option<i64>,
) -> anyhow::Result<AuditPage> {
    let (rows, older) = read(services, filter, before).await?;
    let entries = rows.into_iter().map(|row| entry(row, services.zone()));
    Ok(AuditPage {
        entries: entries.collect(),
        older,
    })
}

/// The same for people: credit amounts are money.
///
/// # Errors
/// If the database fails.
pub async fn shown(
    services: &Services,
    filter: &LogFilter,
    before: Option<i64>,
) -> anyhow::Result<AuditPage> {
    let (mut rows, older) = read(services, filter, before).await?;
    amounts::as_money(services, &mut rows).await?;
    let entries = rows.into_iter().map(|row| entry(row, services.zone()));
    Ok(AuditPage {
        entries: entries.collect(),
        older,
    })
}

/// The rows of the page, and the id after which the older ones begin.
async fn read(
    services: &Services,
    filter: &LogFilter,
    before: Option<i64>,
) -> anyhow::Result<(Vec<audit_entry::Model>, Option<i64>)> {
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
    let older = rows.last().filter(|_| more).map(|row| row.id.get());
    Ok((rows, older))
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
