//! The header of every page: notices, brand, navigation and account.

use domain::{account::SiteKind, referral::REFERRALS_PATH};
use leptos::prelude::*;

use super::{
    ReferLink, SiteMenu,
    site_places::{brand_places, catalog, current},
};
use crate::{
    islands::{Icon, NotificationBell, icon},
    ports::Viewer,
    types::DatabaseKind,
};

/// Brand, navigation and account.
#[component]
pub fn SiteHeader(viewer: Viewer) -> impl IntoView {
    let tenant = viewer.site.kind == SiteKind::Tenant;
    let simulated = viewer.site.simulated_payments.then(|| {
        view! {
            <p class="site-notice">
                <strong>"Payments are simulated."</strong>
                " No card is charged."
            </p>
        }
    });
    let database = database_notice(&viewer).map(|(what, follows)| {
        view! { <p class="site-notice"><strong>{what}</strong>{follows}</p> }
    });
    let still_signed_in = viewer.refusal("sign_out").message.map(|message| {
        view! { <p class="site-notice" role="alert">{message}" You are still signed in."</p> }
    });
    // Who works in the console is not shopping.
    let places = (!viewer.is_in_console()).then(|| match tenant {
        true => catalog(&viewer.path, "Catalog").into_any(),
        false => brand_places(&viewer.path, "Main").into_any(),
    });
    let account = account(&viewer);
    view! {
        <a class="skip" href="#content">"Skip to content"</a>
        <header class="site-header">
            {simulated}
            {database}
            {still_signed_in}
            <div class="site-header-inner">
                <a class="brand" href="/">{brand(&viewer)}</a>
                {places}
                {account}
            </div>
        </header>
    }
}

/// The logo, or the theme's mark and the name.
fn brand(viewer: &Viewer) -> AnyView {
    let name = viewer.site.name.clone();
    match viewer.site.logo.clone() {
        Some(logo) => view! { <img class="brand-logo" src=logo alt=name /> }.into_any(),
        None => view! {
            <span class="brand-mark" aria-hidden="true"></span>
            <span>{name}</span>
        }
        .into_any(),
    }
}

/// A notice about the database: everyone sees that it is a copy; only admins see that the operator
/// has to say whether it was moved or copied.
fn database_notice(viewer: &Viewer) -> Option<(&'static str, &'static str)> {
    match viewer.site.database {
        DatabaseKind::Original => None,
        DatabaseKind::Copy => Some((
            "This is a copy.",
            " It is for trying things out. Nothing here counts.",
        )),
        DatabaseKind::Elsewhere => viewer.is_in_console().then_some((
            "This database was moved or copied.",
            " Payments and credits are off until your operator says which.",
        )),
    }
}

/// Links of the account. A brand's site has no members, so no dashboard and no notifications.
fn account(viewer: &Viewer) -> AnyView {
    let tenant = viewer.site.kind == SiteKind::Tenant;
    let link = |to: &'static str, label: &'static str, sign: Option<Icon>| {
        let here = current(&viewer.path, to);
        let sign = sign.map(icon);
        view! { <a class="account-link" href=to aria-current=here>{sign}{label}</a> }
    };
    if viewer.member.is_none() {
        let register = tenant
            .then(|| view! { <a class="button button-small" href="/register">"Register"</a> });
        return view! {
            <div class="account">
                {link("/sign-in", "Sign in", Some(Icon::CircleUser))}
                {register}
                <SiteMenu viewer=viewer.clone() />
            </div>
        }
        .into_any();
    }
    let own = match tenant {
        true => link("/dashboard", "Dashboard", None),
        false => link("/account", "Account", Some(Icon::CircleUser)),
    };
    let admin = viewer.rights.any().then(|| admin_link(viewer));
    let attention = viewer.attention;
    let bell = tenant.then(|| {
        view! {
            <span class="account-bell" class:needs-attention=attention>
                <NotificationBell unread=viewer.unread />
            </span>
        }
    });
    view! {
        <div class="account">
            {own}
            <ReferLink viewer=viewer.clone() />
            {admin}
            {bell}
            <SiteMenu viewer=viewer.clone() />
        </div>
    }
    .into_any()
}

/// The link to the console, with a mark while something there needs attention.
fn admin_link(viewer: &Viewer) -> impl IntoView + use<> {
    let here = current(&viewer.path, "/admin");
    let mark = viewer.attention.then(|| {
        view! {
            <span class="attention-mark" aria-hidden="true"></span>
            <span class="visually-hidden">", needs attention"</span>
        }
    });
    view! { <a class="account-link" href=REFERRALS_PATH aria-current=here>"Admin"{mark}</a> }
}
