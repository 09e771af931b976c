//! Admin rights in the console, as proofs: a service that needs a right takes its proof as an
//! argument.

use std::sync::Arc;

use domain::account::{Role, SiteKind};
use store::{entities::user, sites::Site};

/// Proof that `user` is an admin of this tenant's site.
pub struct TenantAdmin {
    /// The only site to which the right applies.
    pub site: Arc<Site>,
    pub user: Arc<user::Model>,
}

/// Proof that `user` is an admin of the platform program.
pub struct PlatformAdmin {
    pub user: Arc<user::Model>,
}

impl TenantAdmin {
    /// Returns the proof if `site` is a tenant's and `user` is an admin of it.
    pub fn of(site: &Arc<Site>, user: &Arc<user::Model>) -> Option<Self> {
        let may = user.role == Role::Admin && site.row.kind == SiteKind::Tenant;
        may.then(|| Self {
            site: site.clone(),
            user: user.clone(),
        })
    }
}

impl PlatformAdmin {
    /// Returns the proof if `user` is an admin of the platform program.
    pub fn of(user: &Arc<user::Model>) -> Option<Self> {
        let may = user.platform_admin;
        may.then(|| Self { user: user.clone() })
    }
}
