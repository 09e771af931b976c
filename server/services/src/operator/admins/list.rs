//! Lists everybody who runs a site or the platform program.

use domain::account::Rights;
use store::{admins, entities::user, sites};

use crate::{Engine, operator};

/// A member who runs a site or the platform program.
pub struct Admin {
    /// The key of the site where they sign in.
    pub site: String,
    pub member: user::Model,
    pub rights: Rights,
}

/// The admins of the site with this key, or of all sites.
///
/// # Errors
/// If there is no such site.
pub async fn list(engine: &Engine, site: Option<&str>) -> anyhow::Result<Vec<Admin>> {
    let db = engine.db.reader();
    let sites = match site {
        Some(key) => vec![operator::find(engine, key).await?.row],
        None => sites::all(db).await?,
    };
    let mut all = Vec::new();
    for site in sites {
        for member in admins::of(db, site.id).await? {
            all.push(Admin {
                site: site.key.clone(),
                rights: member.rights(),
                member,
            });
        }
    }
    Ok(all)
}
