//! The menu of the header: who is signed in, and every place that the header has no room for.

use domain::{account::SiteKind, referral::REFERRALS_PATH};
use leptos::{prelude::*, server_fn::ServerFn};

use super::site_places::{brand_places, catalog, current};
use crate::{
    islands::{Icon, icon},
    ports::Viewer,
    server_fns::SignOut,
    types::Member,
};

/// The button and what it opens. It is a popover: it opens without JavaScript, and closes by Escape and by a
/// press elsewhere. A visitor needs it only where the header is narrow.
#[component]
pub fn SiteMenu(viewer: Viewer) -> impl IntoView {
    let tenant = viewer.site.kind == SiteKind::Tenant;
    let places = (!viewer.is_in_console()).then(|| match tenant {
        true => catalog(&viewer.path, "Menu of the catalog").into_any(),
        false => brand_places(&viewer.path, "Menu of the site").into_any(),
    });
    let shows = match &viewer.member {
        Some(member) => avatar(member).into_any(),
        None => ().into_any(),
    };
    let own = match viewer.member.clone() {
        Some(member) => member_part(&viewer, member).into_any(),
        None => view! {
            <ul class="menu-links">
                <li>{link(&viewer, "/sign-in", "Sign in")}</li>
            </ul>
        }
        .into_any(),
    };
    let needed = match viewer.member {
        Some(_) => "menu-button",
        None => "menu-button menu-button-narrow",
    };
    view! {
        <button class=needed type="button" popovertarget="menu" aria-label="Menu">
            {shows}
            {icon(Icon::Menu)}
        </button>
        <div class="menu" id="menu" popover="auto">
            <div class="menu-places">{places}</div>
            {own}
        </div>
    }
}

fn member_part(viewer: &Viewer, member: Member) -> impl IntoView + use<> {
    let tenant = viewer.site.kind == SiteKind::Tenant;
    let of_members = tenant.then(|| {
        [
            ("/dashboard", "Dashboard"),
            ("/memberships", "Memberships"),
            ("/credits", "Your credit"),
        ]
        .map(|(to, label)| view! { <li>{link(viewer, to, label)}</li> })
    });
    let refer = viewer.share_path.clone().map(|to| {
        view! { <li><a class="menu-link" href=to>"Refer a Friend"</a></li> }
    });
    let admin = viewer
        .rights
        .any()
        .then(|| view! { <li>{link(viewer, REFERRALS_PATH, "Admin")}</li> });
    view! {
        <p class="menu-who">
            <bdi class="menu-name">{format!("{} {}", member.first_name, member.last_name)}</bdi>
            <span class="menu-email">{member.email}</span>
        </p>
        <ul class="menu-links">
            {of_members}
            {refer}
            <li>{link(viewer, "/account", "Account")}</li>
            {admin}
        </ul>
        <form class="menu-links" method="post" action=SignOut::PATH>
            <button class="menu-link" type="submit">"Sign out"</button>
        </form>
    }
}

fn link(viewer: &Viewer, to: &'static str, label: &'static str) -> impl IntoView + use<> {
    let here = current(&viewer.path, to);
    view! { <a class="menu-link" href=to aria-current=here>{label}</a> }
}

/// The first letters of the names.
fn avatar(member: &Member) -> impl IntoView + use<> {
    let initials = domain::account::initials(&member.first_name, &member.last_name);
    view! { <span class="avatar" aria-hidden="true">{initials}</span> }
}
