//! What each role may do in the console, in one table (`docs/rules.md` 83).

use super::{PlatformRole, Role, TenantRole};

/// One kind of thing that staff may do, in the program of their role.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// See referrals, orders, the catalog and members.
    See,
    /// Record a sale at the counter, undo one, say who referred a member, and set a billing address for Stripe.
    Sell,
    /// Add, change and withdraw products.
    ManageCatalog,
    /// Block members, sign them out and erase them.
    ManageMembers,
    /// Add, change and disable platform referrers.
    ManageReferrers,
    /// Refund purchases, give and take credit, retry, decide, move and return credits, void referrals, and
    /// record payments that match no purchase.
    ManageCredits,
    /// Change amounts and what the site asks of members, and read the logs and undelivered mail.
    ManageSettings,
    /// Connect Stripe and change its keys.
    ManageStripe,
    /// Invite staff, change their roles, and say what the console asks of them.
    ManageTeam,
}

use Permission::{
    ManageCatalog, ManageCredits, ManageMembers, ManageReferrers, ManageSettings, ManageStripe,
    ManageTeam, See, Sell,
};

/// The permissions of a tenant's roles.
const TENANT: [(TenantRole, &[Permission]); 4] = [
    (
        TenantRole::Owner,
        &[
            See,
            Sell,
            ManageCatalog,
            ManageMembers,
            ManageCredits,
            ManageSettings,
            ManageStripe,
            ManageTeam,
        ],
    ),
    (
        TenantRole::Manager,
        &[
            See,
            Sell,
            ManageCatalog,
            ManageMembers,
            ManageCredits,
            ManageSettings,
        ],
    ),
    (TenantRole::Desk, &[See, Sell]),
    (TenantRole::Viewer, &[See]),
];

/// The permissions of the roles in the platform program.
const PLATFORM: [(PlatformRole, &[Permission]); 2] = [
    (
        PlatformRole::Owner,
        &[
            See,
            ManageReferrers,
            ManageCredits,
            ManageSettings,
            ManageStripe,
            ManageTeam,
        ],
    ),
    (
        PlatformRole::Manager,
        &[See, ManageReferrers, ManageCredits, ManageSettings],
    ),
];

impl Permission {
    /// In the order in which a table lists them.
    pub const ALL: [Self; 9] = [
        See,
        Sell,
        ManageCatalog,
        ManageMembers,
        ManageReferrers,
        ManageCredits,
        ManageSettings,
        ManageStripe,
        ManageTeam,
    ];

    /// As staff read it.
    pub fn label(self) -> &'static str {
        match self {
            See => "See referrals, orders, catalog and members",
            Sell => "Record and undo sales, say who referred a member, and set billing addresses",
            ManageCatalog => "Change the catalog",
            ManageMembers => "Block, sign out and erase members",
            ManageReferrers => "Add and change platform referrers",
            ManageCredits => "Refund, and give, retry and correct credit",
            ManageSettings => "Change settings, read the logs",
            ManageStripe => "Change the Stripe keys",
            ManageTeam => "Invite staff and change roles",
        }
    }
}

impl Role {
    /// Whether the role includes this permission.
    pub fn may(self, permission: Permission) -> bool {
        match self {
            Self::Tenant(role) => role.may(permission),
            Self::Platform(role) => role.may(permission),
        }
    }
}

impl TenantRole {
    /// Whether the role includes this permission in the tenant's program.
    pub fn may(self, permission: Permission) -> bool {
        let mut table = TENANT.into_iter();
        table.any(|(role, may)| role == self && may.contains(&permission))
    }
}

impl PlatformRole {
    /// Whether the role includes this permission in the platform program.
    pub fn may(self, permission: Permission) -> bool {
        let mut table = PLATFORM.into_iter();
        table.any(|(role, may)| role == self && may.contains(&permission))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table of rule 83: owner, manager, desk, viewer, platform owner, platform manager.
    const TABLE: &[(Permission, &str)] = &[
        (See, "xxxxxx"),
        (Sell, "xxx---"),
        (ManageCatalog, "xx----"),
        (ManageMembers, "xx----"),
        (ManageReferrers, "----xx"),
        (ManageCredits, "xx--xx"),
        (ManageSettings, "xx--xx"),
        (ManageStripe, "x---x-"),
        (ManageTeam, "x---x-"),
    ];

    #[test]
    fn each_role_may_do_what_the_table_says() {
        assert_eq!(TABLE.len(), Permission::ALL.len());
        for ((permission, expected), listed) in TABLE.iter().zip(Permission::ALL) {
            assert_eq!(*permission, listed);
            let may = Role::ALL.map(|role| if role.may(listed) { 'x' } else { '-' });
            assert_eq!(may.iter().collect::<String>(), *expected, "{listed:?}");
        }
    }

    #[test]
    fn a_role_may_all_that_the_next_one_may() {
        for pair in TenantRole::ALL.windows(2) {
            for permission in Permission::ALL {
                assert!(pair[0].may(permission) || !pair[1].may(permission));
            }
        }
    }
}
