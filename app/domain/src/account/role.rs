//! The roles of staff: who runs a tenant's site, and who runs the platform program.

/// What somebody does for a tenant, from the most to the fewest permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TenantRole {
    /// Everything, with the Stripe keys and the team.
    Owner,
    /// The daily business: members, catalog, credits and settings.
    Manager,
    /// The counter: sees the console and records sales.
    Desk,
    /// Sees the console, and changes nothing.
    Viewer,
}

impl TenantRole {
    pub const ALL: [Self; 4] = [Self::Owner, Self::Manager, Self::Desk, Self::Viewer];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
            Self::Desk => "desk",
            Self::Viewer => "viewer",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// What somebody does for the platform program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlatformRole {
    /// Everything, with the Stripe keys and the team.
    Owner,
    /// Platform referrers, their credits and the settings.
    Manager,
}

impl PlatformRole {
    pub const ALL: [Self; 2] = [Self::Owner, Self::Manager];

    /// The value in the database.
    pub fn code(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Manager => "manager",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }
}

/// A role of either kind: what an invitation offers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Tenant(TenantRole),
    Platform(PlatformRole),
}

impl Role {
    pub const ALL: [Self; 6] = [
        Self::Tenant(TenantRole::Owner),
        Self::Tenant(TenantRole::Manager),
        Self::Tenant(TenantRole::Desk),
        Self::Tenant(TenantRole::Viewer),
        Self::Platform(PlatformRole::Owner),
        Self::Platform(PlatformRole::Manager),
    ];

    /// The value in the database and in forms.
    pub fn code(self) -> &'static str {
        match self {
            Self::Tenant(role) => role.code(),
            Self::Platform(PlatformRole::Owner) => "platform_owner",
            Self::Platform(PlatformRole::Manager) => "platform_manager",
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.code() == code)
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Tenant(TenantRole::Owner) => "Owner",
            Self::Tenant(TenantRole::Manager) => "Manager",
            Self::Tenant(TenantRole::Desk) => "Desk",
            Self::Tenant(TenantRole::Viewer) => "Viewer",
            Self::Platform(PlatformRole::Owner) => "Platform owner",
            Self::Platform(PlatformRole::Manager) => "Platform manager",
        }
    }

    /// Whether the role is one in the platform program.
    pub fn is_platform(self) -> bool {
        matches!(self, Self::Platform(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.code()), Some(role));
        }
        assert_eq!(Role::parse("admin"), None);
        assert_eq!(TenantRole::parse("platform_owner"), None);
        assert_eq!(PlatformRole::parse("desk"), None);
    }
}
