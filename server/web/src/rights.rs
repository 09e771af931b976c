//! The rights of the signed-in member in the console.

use std::sync::Arc;

use domain::account::Rights;
use services::rights::{PlatformAdmin, TenantAdmin};
use store::entities::user;

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
        TenantAdmin::of(&self.site, self.trusted()?)
    }

    /// The right to run the platform program, if the member has it.
    pub fn platform_admin(&self) -> Option<PlatformAdmin> {
        PlatformAdmin::of(self.trusted()?)
    }

    /// The member, unless they lack the second factor that the site requires of its admins.
    fn trusted(&self) -> Option<&Arc<user::Model>> {
        self.user.as_ref().filter(|_| !self.second_factor_missing)
    }
}
