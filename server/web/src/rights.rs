//! The rights of the signed-in member in the console.

use domain::account::Rights;
use services::rights::{PlatformAdmin, TenantAdmin};

use crate::middleware::RequestContext;

impl RequestContext {
    pub fn rights(&self) -> Rights {
        Rights {
            tenant: self.tenant_admin().is_some(),
            platform: self.platform_admin().is_some(),
        }
    }

    /// The right to run this tenant site, if the member has it.
    pub fn tenant_admin(&self) -> Option<TenantAdmin> {
        TenantAdmin::of(&self.site, self.user.as_ref()?)
    }

    /// The right to run the platform program, if the member has it.
    pub fn platform_admin(&self) -> Option<PlatformAdmin> {
        PlatformAdmin::of(self.user.as_ref()?)
    }
}
