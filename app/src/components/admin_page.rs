//! The layout of every page of the console.

use domain::{
    account::{Permission, Rights},
    credit::Program,
    purchase::ORDERS_PATH,
};
use leptos::prelude::*;

use super::PageTitle;
use crate::{islands::Toasts, ports::Viewer};

/// The title, the navigation of the console, the page itself, and a toast for what was just done.
#[component]
pub fn AdminPage(
    #[prop(into)] title: String,
    /// What can be done on the page, to the right of its title.
    #[prop(optional_no_strip)]
    action: Option<AnyView>,
    children: Children,
) -> impl IntoView {
    let viewer = Viewer::current();
    let links = places(viewer.rights).into_iter().map(|(path, label)| {
        let inside = viewer
            .path
            .strip_prefix(path)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        let here = inside.then_some(if viewer.path == path { "page" } else { "true" });
        view! { <li><a href=path aria-current=here>{label}</a></li> }
    });
    let heading = view! { <h1 class="page-title" dir="auto">{title.clone()}</h1> };
    let heading = match action {
        Some(action) => view! { <div class="title-row">{heading}{action}</div> }.into_any(),
        None => heading.into_any(),
    };
    view! {
        <PageTitle title />
        <div class="page page-admin">
            <nav class="admin-nav" aria-label="Admin">
                <ul>{links.collect_view()}</ul>
            </nav>
            <div class="admin-content">
                {heading}
                {children()}
            </div>
            <Toasts done=viewer.done />
        </div>
    }
}

/// The places of the console for these rights: path and label.
fn places(rights: Rights) -> Vec<(&'static str, &'static str)> {
    let mut places = vec![("/admin/referrals", "Referrals"), (ORDERS_PATH, "Orders")];
    if rights.may(Program::Tenant, Permission::See) {
        places.extend([("/admin/catalog", "Catalog"), ("/admin/members", "Members")]);
    }
    if rights.may_anywhere(Permission::ManageTeam) {
        places.push(("/admin/team", "Team"));
    }
    if rights.may_anywhere(Permission::ManageSettings) {
        places.push(("/admin/settings", "Site Settings"));
    }
    places
}
