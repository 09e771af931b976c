//! Converts notification rows for pages.

use anyhow::Context;
use domain::notification::Notification;
use sea_orm::ConnectionTrait;
use server_core::{dates, zone::Zone};
use store::{entities::notification, sites};

/// The notification, with its time in `zone`.
pub fn view(row: &notification::Model, zone: &Zone) -> Notification {
    Notification {
        id: row.id.get(),
        text: row.text.clone(),
        read: row.read_at.is_some(),
        sent_on: dates::minute(row.created_at, zone),
        sent_at: dates::iso(row.created_at),
    }
}

/// The notification, with its time in the zone of its site.
///
/// # Errors
/// If the database fails.
pub async fn at_its_site(
    db: &impl ConnectionTrait,
    row: &notification::Model,
) -> anyhow::Result<Notification> {
    let site = sites::by_id(db, row.site_id).await?;
    let site = site.context("a notification without a site")?;
    Ok(view(row, &site.row.time_zone))
}
