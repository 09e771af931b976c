//! Admin > Referrals: the Tenant Referrals and Platform Referrals tabs.

use domain::{
    account::Rights,
    credit::Program,
    referral::{REFERRALS_PATH, ReferralFilter},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

use crate::{
    components::{AdminPage, internal_error},
    islands::admin::{Referrals, ReferrersStart},
    pages::{ForbiddenPage, query},
    ports::{Ports, Viewer},
};

/// The tab in the address.
#[component]
pub fn ReferralsPage() -> impl IntoView {
    let ports = Ports::current();
    let viewer = Viewer::current();
    let (program, notice) = choose(viewer.rights, query("tab").as_deref());
    let address = use_query_map().read_untracked().to_query_string();
    let (filter, mut ignored) =
        ReferralFilter::from_query(program, address.trim_start_matches('?'));
    ignored.extend(notice);
    let content = Suspend::new(async move {
        let page = match ports.admin_referrals.page(filter, ignored).await {
            Ok(Some(page)) => page,
            Ok(None) => return view! { <ForbiddenPage /> }.into_any(),
            Err(_) => return internal_error(&ports),
        };
        let referrers = match program {
            Program::Tenant => None,
            Program::Platform => match ports.platform_referrers.list().await {
                Ok(referrers) => Some(ReferrersStart {
                    referrers,
                    adding: viewer.refusal("add_referrer"),
                    changing: refused_change(&viewer),
                }),
                Err(_) => return internal_error(&ports),
            },
        };
        let refusal = viewer.refusal("retry_referrals");
        view! {
            <AdminPage title="Referrals">
                {tabs(viewer.rights, program)}
                <Referrals page refusal referrers />
            </AdminPage>
        }
        .into_any()
    });
    view! { <Suspense>{content}</Suspense> }
}

/// The path and the label of a program's tab.
pub fn tab(program: Program) -> (&'static str, &'static str) {
    match program {
        Program::Tenant => (REFERRALS_PATH, "Tenant Referrals"),
        Program::Platform => ("/admin/referrals?tab=platform", "Platform Referrals"),
    }
}

fn tabs(rights: Rights, program: Program) -> impl IntoView {
    let tabs = allowed(rights).map(|one| {
        let (path, label) = tab(one);
        view! { <a href=path aria-current=(one == program).then_some("page")>{label}</a> }
    });
    view! { <nav class="tabs" aria-label="Programs">{tabs.collect_view()}</nav> }
}

fn allowed(rights: Rights) -> impl Iterator<Item = Program> {
    let tenant = rights.tenant.then_some(Program::Tenant);
    let platform = rights.platform.then_some(Program::Platform);
    tenant.into_iter().chain(platform)
}

/// The program to show, with a sentence if it is not the one in the address.
fn choose(rights: Rights, asked: Option<&str>) -> (Program, Option<String>) {
    let usual = allowed(rights).next().unwrap_or(Program::Tenant);
    let Some(asked) = asked.filter(|asked| !asked.is_empty()) else {
        return (usual, None);
    };
    let shown = tab(usual).1;
    match Program::parse(asked) {
        Some(program) if allowed(rights).any(|one| one == program) => (program, None),
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

/// The refusal of "Rename" or of "Disable".
fn refused_change(viewer: &Viewer) -> domain::forms::Refusal {
    let renamed = viewer.refusal("change_referrer");
    if renamed == domain::forms::Refusal::default() {
        viewer.refusal("set_referrer_disabled")
    } else {
        renamed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: Rights = Rights {
        tenant: true,
        platform: true,
    };
    const TENANT: Rights = Rights {
        tenant: true,
        platform: false,
    };
    const PLATFORM: Rights = Rights {
        tenant: false,
        platform: true,
    };

    #[test]
    fn the_tab_in_the_address_is_shown() {
        assert_eq!(choose(BOTH, None), (Program::Tenant, None));
        assert_eq!(choose(BOTH, Some("")), (Program::Tenant, None));
        assert_eq!(choose(BOTH, Some("platform")), (Program::Platform, None));
        assert_eq!(choose(BOTH, Some("tenant")), (Program::Tenant, None));
        assert_eq!(choose(PLATFORM, None), (Program::Platform, None));
    }

    #[test]
    fn a_tab_without_the_right_falls_back_and_says_so() {
        let (program, words) = choose(TENANT, Some("platform"));
        assert_eq!(program, Program::Tenant);
        assert!(
            words
                .unwrap()
                .starts_with("You may not see Platform Referrals")
        );
        let (program, words) = choose(PLATFORM, Some("tenant"));
        assert_eq!(program, Program::Platform);
        assert!(
            words
                .unwrap()
                .starts_with("You may not see Tenant Referrals")
        );
        assert!(choose(BOTH, Some("x")).1.is_some());
    }
}
