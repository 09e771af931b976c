//! The page on which a visitor registers.

use leptos::prelude::*;

use super::{next_in_query, with_next};
use crate::{
    components::{PageTitle, password_script},
    islands::{AccountForm, AccountFormKind},
    ports::{Ports, Viewer},
};

/// The form; a signed-in member is redirected.
#[component]
pub fn RegisterPage() -> impl IntoView {
    let viewer = Viewer::current();
    let next = next_in_query();
    if viewer.member.is_some() {
        let to = if next.is_empty() { "/dashboard" } else { &next };
        Ports::current().response.redirect(to);
    }
    let sign_in = with_next("/sign-in", &next);
    let done = viewer
        .done
        .clone()
        .map(|done| view! { <p class="notice" role="status">{done}</p> });
    view! {
        <PageTitle title="Register" />
        <div class="page page-form">
            <h1 class="page-title">"Create your account"</h1>
            <p class="page-lede">{format!("One account for everything at {}.", viewer.site.name)}</p>
            {done}
            {password_script()}
            <AccountForm kind=AccountFormKind::Register refusal=viewer.refusal("register") next />
            <p class="page-aside">"Already a member? "<a href=sign_in>"Sign in"</a></p>
        </div>
    }
}
