//! What the signed-in member may do in the console.

use std::sync::Arc;

use domain::account::{Rights, SiteKind};
use services::rights::{Permitted, PlatformStaff, TenantStaff};
use store::entities::user;

use crate::middleware::RequestContext;

impl RequestContext {
    /// The roles that count here: none before the second factor that the site requires, and a
    /// tenant's on its own site alone.
    pub fn rights(&self) -> Rights {
        let rights = self
            .trusted()
            .map_or_else(Rights::default, |user| user.rights());
        match self.site.kind() {
            SiteKind::Tenant => rights,
            SiteKind::Platform => Rights {
                tenant: None,
                ..rights
            },
        }
    }

    /// The permission on this tenant's site, if the member has it.
    pub fn tenant_staff<P: Permitted>(&self) -> Option<TenantStaff<P>> {
        TenantStaff::of(&self.site, self.trusted()?)
    }

    /// The permission in the platform program, if the member has it.
    pub fn platform_staff<P: Permitted>(&self) -> Option<PlatformStaff<P>> {
        PlatformStaff::of(self.trusted()?)
    }

    /// The member, unless they lack the second factor that the site requires of its staff.
    fn trusted(&self) -> Option<&Arc<user::Model>> {
        self.user.as_ref().filter(|_| !self.second_factor_missing)
    }
}
