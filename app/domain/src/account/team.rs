//! Who may change the team, and how (`docs/rules.md` 84 and 85).

use super::{Permission, PlatformRole, Rights, Role, TenantRole};
use crate::credit::Program;

/// How long the link of an invitation works.
pub const INVITATION_WORKS: time::Duration = time::Duration::days(7);

/// Why a change to somebody's roles is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TeamRefusal {
    /// The site, or the platform program, would have no owner.
    LastOwner,
    /// Whoever asks may not change the team of this program.
    NotYours,
}

impl TeamRefusal {
    /// What the person reads.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::LastOwner => "There must be an owner. Make somebody else an owner first.",
            Self::NotYours => "Only an owner can change the team.",
        }
    }
}

/// Decides a change of somebody's rights from `old` to `new` in `program`, where `owners` people are
/// its owners now.
///
/// # Errors
/// Why it is refused.
pub fn change(
    actor: Rights,
    program: Program,
    (old, new): (Rights, Rights),
    owners: u64,
) -> Result<(), TeamRefusal> {
    if !actor.may(program, Permission::ManageTeam) {
        return Err(TeamRefusal::NotYours);
    }
    let gone = owns(old, program) && !owns(new, program);
    match gone && owners <= 1 {
        true => Err(TeamRefusal::LastOwner),
        false => Ok(()),
    }
}

fn owns(rights: Rights, program: Program) -> bool {
    match program {
        Program::Tenant => rights.tenant == Some(TenantRole::Owner),
        Program::Platform => rights.platform == Some(PlatformRole::Owner),
    }
}

/// The program in which this is a role.
pub fn program_of(role: Role) -> Program {
    match role {
        Role::Tenant(_) => Program::Tenant,
        Role::Platform(_) => Program::Platform,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rights() -> impl Strategy<Value = Rights> {
        let tenant = proptest::option::of(proptest::sample::select(&TenantRole::ALL));
        let platform = proptest::option::of(proptest::sample::select(&PlatformRole::ALL));
        (tenant, platform).prop_map(|(tenant, platform)| Rights { tenant, platform })
    }

    proptest! {
        #[test]
        fn an_owner_remains_whoever_changes_whom(
            actor in rights(),
            old in rights(),
            new in rights(),
            others in 0_u64..3,
        ) {
            for program in [Program::Tenant, Program::Platform] {
                let owners = others + u64::from(owns(old, program));
                let left = others + u64::from(owns(new, program));
                match change(actor, program, (old, new), owners) {
                    Ok(()) => prop_assert!(owners == 0 || left > 0),
                    Err(TeamRefusal::LastOwner) => prop_assert!(left == 0),
                    Err(TeamRefusal::NotYours) => {
                        prop_assert!(!actor.may(program, Permission::ManageTeam));
                    }
                }
            }
        }
    }

    #[test]
    fn an_owner_of_one_program_does_not_touch_the_other() {
        let dana = Rights::default().with(Role::Tenant(TenantRole::Owner));
        let change_of = |program| change(dana, program, (Rights::default(), dana), 1);
        assert_eq!(change_of(Program::Tenant), Ok(()));
        assert_eq!(change_of(Program::Platform), Err(TeamRefusal::NotYours));
        let manager = Rights::default().with(Role::Tenant(TenantRole::Manager));
        let refused = change(manager, Program::Tenant, (dana, Rights::default()), 2);
        assert_eq!(refused, Err(TeamRefusal::NotYours));
    }
}
