//! Who may do what in the console. A service asks for a right first; what it needs to act comes
//! with it.

use std::sync::Arc;

use domain::{Rights, SiteKind};

use crate::{
    db::{entities::user, sites::Site, users::ADMIN},
    middleware::Visit,
};

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

impl Visit {
    /// What who asks may do.
    pub fn rights(&self) -> Rights {
        Rights {
            tenant: self.tenant_admin().is_some(),
            platform: self.platform_admin().is_some(),
        }
    }

    /// The right to run this tenant site.
    pub fn tenant_admin(&self) -> Option<TenantAdmin> {
        let user = self.user.as_ref().filter(|user| user.role == ADMIN)?;
        (self.site.row.kind == SiteKind::Tenant.code()).then(|| TenantAdmin {
            site: self.site.clone(),
            user: user.clone(),
        })
    }

    /// The right to run the platform program.
    pub fn platform_admin(&self) -> Option<PlatformAdmin> {
        let user = self.user.as_ref().filter(|user| user.platform_admin)?;
        Some(PlatformAdmin { user: user.clone() })
    }
}
