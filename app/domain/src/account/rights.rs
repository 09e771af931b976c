//! Rights in the console: the roles that a person has.

use super::{Permission, PlatformRole, Role, TenantRole};
use crate::credit::Program;

/// Which roles a person has on the site where they sign in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The role on this tenant's site.
    pub tenant: Option<TenantRole>,
    /// The role in the platform program.
    pub platform: Option<PlatformRole>,
}

impl Rights {
    /// Whether the person may use the console at all.
    pub fn any(self) -> bool {
        self.tenant.is_some() || self.platform.is_some()
    }

    /// Whether the person may do this in `program`.
    pub fn may(self, program: Program, permission: Permission) -> bool {
        match program {
            Program::Tenant => self.tenant.is_some_and(|role| role.may(permission)),
            Program::Platform => self.platform.is_some_and(|role| role.may(permission)),
        }
    }

    /// Whether the person may do this in one of the programs.
    pub fn may_anywhere(self, permission: Permission) -> bool {
        self.may(Program::Tenant, permission) || self.may(Program::Platform, permission)
    }

    /// The roles, the tenant's first.
    pub fn roles(self) -> impl Iterator<Item = Role> {
        let tenant = self.tenant.map(Role::Tenant);
        tenant.into_iter().chain(self.platform.map(Role::Platform))
    }

    /// With `role`, in place of the one that the person had in its program.
    pub fn with(self, role: Role) -> Self {
        match role {
            Role::Tenant(role) => Self {
                tenant: Some(role),
                ..self
            },
            Role::Platform(role) => Self {
                platform: Some(role),
                ..self
            },
        }
    }

    /// Without a role in `program`.
    pub fn without(self, program: Program) -> Self {
        match program {
            Program::Tenant => Self {
                tenant: None,
                ..self
            },
            Program::Platform => Self {
                platform: None,
                ..self
            },
        }
    }

    /// `Manager, Platform owner`; `None` without a role.
    pub fn words(self) -> Option<String> {
        let labels: Vec<_> = self.roles().map(Role::label).collect();
        (!labels.is_empty()).then(|| labels.join(", "))
    }
}
