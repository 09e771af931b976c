//! Sites and their hosts.

mod add;
mod hosts;
mod list;
mod set;

pub use self::{
    add::{BRAND_THEMES, NewSite, TENANT_THEMES, add_site, theme_of},
    hosts::{add_host, remove_host, set_canonical},
    list::{ListedSite, list},
    set::{SiteChange, set},
};
use store::{
    SiteId, Write,
    audit_log::{self, Change, Field},
};

use crate::Engine;

/// `audit_log.subject` of hosts.
const SUBJECT: &str = "Site";

/// Writes changes of a site's hosts, each with its name, old and new value, to the audit log.
async fn write_down<const N: usize>(
    tx: &impl Write,
    engine: &Engine,
    site_id: SiteId,
    fields: [(&'static str, Option<String>, Option<String>); N],
) -> anyhow::Result<()> {
    let change = Change {
        site_id: Some(site_id),
        actor: None,
        subject: SUBJECT,
        now: engine.now(),
    };
    let fields = fields.map(|(name, old, new)| Field { name, old, new });
    Ok(audit_log::write(tx, &change, fields).await?)
}
