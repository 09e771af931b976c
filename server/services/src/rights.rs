//! Who may do what in the console: what a service needs to act comes as a proof of the right to.

use domain::account::Role;
use std::sync::Arc;

use domain::account::SiteKind;
use store::{entities::user, sites::Site};

/// Proof that who asks runs this tenant site.
pub struct TenantAdmin {
    /// The site, and no other.
    pub site: Arc<Site>,
    /// The admin.
    pub user: Arc<user::Model>,
}

/// Proof that who asks runs the platform program.
pub struct PlatformAdmin {
    /// The admin.
    pub user: Arc<user::Model>,
}

impl TenantAdmin {
    /// The right of `user` to run `site`, if it is a tenant's.
    pub fn of(site: &Arc<Site>, user: &Arc<user::Model>) -> Option<Self> {
        let may = user.role == Role::Admin && site.row.kind == SiteKind::Tenant;
        may.then(|| Self {
            site: site.clone(),
            user: user.clone(),
        })
    }
}

impl PlatformAdmin {
    /// The right of `user` to run the platform program.
    pub fn of(user: &Arc<user::Model>) -> Option<Self> {
        let may = user.platform_admin;
        may.then(|| Self { user: user.clone() })
    }
}
