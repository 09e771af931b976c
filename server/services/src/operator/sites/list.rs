//! `site list`.

use domain::account::SiteKind;
use store::{entities::site, site_hosts, sites};

use crate::Engine;

/// A site with its hosts.
pub struct ListedSite {
    pub row: site::Model,
    /// The canonical one first, then by name.
    pub hosts: Vec<String>,
}

impl ListedSite {
    /// `detroit-arms: Detroit Arms, a tenant's site, at detroitarms.com, also at www.detroitarms.com, in
    /// America/Detroit.`
    pub fn line(&self) -> String {
        let site = &self.row;
        let kind = match *site.kind {
            SiteKind::Tenant => "a tenant's site",
            SiteKind::Platform => "a brand's site",
        };
        let at = match &self.hosts[..] {
            [] => ", at no host".to_owned(),
            [canonical] => format!(", at {canonical}"),
            [canonical, others @ ..] => format!(", at {canonical}, also at {}", others.join(", ")),
        };
        format!(
            "{}: {}, {kind}{at}, in {}.",
            site.key,
            site.name,
            site.time_zone.name()
        )
    }
}

/// All sites, by their keys.
///
/// # Errors
/// If the database fails.
pub async fn list(engine: &Engine) -> anyhow::Result<Vec<ListedSite>> {
    let db = engine.db.reader();
    let mut rows = sites::all(db).await?;
    rows.sort_by(|one, other| one.key.cmp(&other.key));
    let mut listed = Vec::new();
    for row in rows {
        let hosts = site_hosts::of(db, row.id).await?;
        let hosts = hosts.into_iter().map(|host| host.host).collect();
        listed.push(ListedSite { row, hosts });
    }
    Ok(listed)
}
