//! The tabs of a page of the console that shows both programs.

use domain::{
    account::{Permission, Rights},
    credit::Program,
};
use leptos::prelude::*;

/// The path and the label of a program's tab.
pub type Tab = fn(Program) -> (&'static str, &'static str);

/// The tabs of what everybody of the staff may see.
pub fn tabs(rights: Rights, program: Program, tab: Tab) -> impl IntoView {
    tabs_of(rights, Permission::See, program, tab)
}

/// The tabs of the programs in which the rights include the permission.
pub fn tabs_of(
    rights: Rights,
    permission: Permission,
    program: Program,
    tab: Tab,
) -> impl IntoView {
    let tabs = allowed(rights, permission).map(|one| {
        let (path, label) = tab(one);
        view! { <a href=path aria-current=(one == program).then_some("page")>{label}</a> }
    });
    view! { <nav class="tabs" aria-label="Programs">{tabs.collect_view()}</nav> }
}

fn allowed(rights: Rights, permission: Permission) -> impl Iterator<Item = Program> {
    let programs = [Program::Tenant, Program::Platform].into_iter();
    programs.filter(move |program| rights.may(*program, permission))
}

/// The program to show, with a sentence if it is not the one in the address.
pub fn choose(rights: Rights, asked: Option<&str>, tab: Tab) -> (Program, Option<String>) {
    choose_of(rights, Permission::See, asked, tab)
}

/// The same of the programs in which the rights include the permission.
pub fn choose_of(
    rights: Rights,
    permission: Permission,
    asked: Option<&str>,
    tab: Tab,
) -> (Program, Option<String>) {
    let usual = allowed(rights, permission)
        .next()
        .unwrap_or(Program::Tenant);
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return (usual, None);
    };
    let shown = tab(usual).1;
    match Program::parse(asked) {
        Some(program) if allowed(rights, permission).any(|one| one == program) => (program, None),
        Some(program) => {
            let wanted = tab(program).1;
            let words = format!("You may not see {wanted}, so {shown} are shown.");
            (usual, Some(words))
        }
        None => {
            let words = format!("There is no such tab, so {shown} are shown.");
            (usual, Some(words))
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::account::{PlatformRole, TenantRole};

    use super::*;

    const BOTH: Rights = Rights {
        tenant: Some(TenantRole::Viewer),
        platform: Some(PlatformRole::Manager),
    };
    const TENANT: Rights = Rights {
        tenant: Some(TenantRole::Viewer),
        platform: None,
    };
    const PLATFORM: Rights = Rights {
        tenant: None,
        platform: Some(PlatformRole::Manager),
    };

    fn chosen(rights: Rights, asked: Option<&str>) -> (Program, Option<String>) {
        choose(rights, asked, |program| match program {
            Program::Tenant => ("/here", "Tenant Referrals"),
            Program::Platform => ("/there", "Platform Referrals"),
        })
    }

    #[test]
    fn the_tab_in_the_address_is_shown() {
        assert_eq!(chosen(BOTH, None), (Program::Tenant, None));
        assert_eq!(chosen(BOTH, Some("")), (Program::Tenant, None));
        assert_eq!(chosen(BOTH, Some("platform")), (Program::Platform, None));
        assert_eq!(chosen(BOTH, Some("tenant")), (Program::Tenant, None));
        assert_eq!(chosen(PLATFORM, None), (Program::Platform, None));
    }

    #[test]
    fn a_tab_without_the_right_falls_back_and_says_so() {
        let (program, words) = chosen(TENANT, Some("platform"));
        assert_eq!(program, Program::Tenant);
        let words = words.unwrap();
        assert!(words.starts_with("You may not see Platform Referrals"));
        let (program, words) = chosen(PLATFORM, Some("tenant"));
        assert_eq!(program, Program::Platform);
        let words = words.unwrap();
        assert!(words.starts_with("You may not see Tenant Referrals"));
        assert!(chosen(BOTH, Some("x")).1.is_some());
    }
}
