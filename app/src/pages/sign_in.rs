//! The page on which a member signs in.

use domain::account::SiteKind;
use leptos::prelude::*;

use super::{next_in_query, with_next};
use crate::{
    components::{LinkPreview, password_script},
    islands::{AccountForm, AccountFormKind},
    ports::{Ports, Viewer},
};

/// The form; a signed-in member is redirected.
#[component]
pub fn SignInPage() -> impl IntoView {
    let viewer = Viewer::current();
    let next = next_in_query();
    if viewer.member.is_some() {
        let home = viewer.site.kind.home();
        let to = if next.is_empty() { home } else { &next };
        Ports::current().response.redirect(to);
    }
    // A brand's site has no members: only its admins have accounts.
    let aside = (viewer.site.kind == SiteKind::Tenant).then(|| {
        let register = with_next("/register", &next);
        view! { <p class="page-aside">"New here? "<a href=register>"Register"</a></p> }
    });
    let lede = if next.is_empty() {
        format!("Welcome back to {}.", viewer.site.name)
    } else {
        "Sign in to continue.".to_owned()
    };
    let done = viewer
        .done
        .clone()
        .map(|done| view! { <p class="notice" role="status">{done}</p> });
    let description = format!("Sign in to {}.", viewer.site.name);
    view! {
        <LinkPreview title="Sign in" description=description path="/sign-in" />
        <div class="page page-form">
            <h1 class="page-title">"Sign in"</h1>
            <p class="page-lede">{lede}</p>
            {done}
            {password_script()}
            <AccountForm kind=AccountFormKind::SignIn refusal=viewer.refusal("sign_in") next />
            <p class="page-aside"><a href="/forgot-password">"Forgot your password?"</a></p>
            {aside}
        </div>
    }
}
