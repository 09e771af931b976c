//! What who asks may do in the console.

use domain::account::Rights;
use services::rights::{PlatformAdmin, TenantAdmin};

use crate::middleware::Visit;

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
        TenantAdmin::of(&self.site, self.user.as_ref()?)
    }

    /// The right to run the platform program.
    pub fn platform_admin(&self) -> Option<PlatformAdmin> {
        PlatformAdmin::of(self.user.as_ref()?)
    }
}
