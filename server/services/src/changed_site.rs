//! A change of a site's settings: the row is locked, and the audit log says what was before.

use anyhow::Context;
use sea_orm::DatabaseTransaction;
use store::{
    audit_log::{self, Change, Field},
    entities::site,
    sites,
};

use crate::{
    Engine,
    rights::{ManageSettings, TenantStaff},
};

/// Locks the site that the admin runs. What comes back is what was saved before.
///
/// # Errors
/// If the database fails.
pub(crate) async fn lock(
    tx: &DatabaseTransaction,
    admin: &TenantStaff<ManageSettings>,
) -> anyhow::Result<site::Model> {
    let site = sites::lock(tx, admin.site.id()).await?;
    site.context("the site whose settings are changed")
}

/// Writes the fields that changed into the audit log.
///
/// # Errors
/// If the database fails.
pub(crate) async fn record<const N: usize>(
    engine: &Engine,
    tx: &DatabaseTransaction,
    admin: &TenantStaff<ManageSettings>,
    fields: [Field<'_>; N],
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(admin.site.id()),
        actor: Some(&admin.user),
        subject: "Settings",
        now: engine.now(),
    };
    Ok(audit_log::write(tx, &change, fields).await?)
}
