//! The page on which a visitor registers.

use domain::{forms::Refusal, policy::Policy};
use leptos::prelude::*;

use super::{next_in_query, with_next};
use crate::{
    components::{LinkPreview, password_script},
    islands::{ACCOUNT_FORM, AccountForm, AccountFormKind},
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
    let refusal = viewer.refusal("register");
    // Who clicked a link has said it.
    let referrer = viewer
        .invited_by
        .is_none()
        .then(|| referrer_field(&refusal));
    let description = format!("One account for everything at {}.", viewer.site.name);
    let lede = match next.is_empty() {
        true => description.clone(),
        false => format!("{description} Then we take you back to where you were."),
    };
    view! {
        <LinkPreview title="Register" description path="/register" />
        <div class="page page-form">
            <h1 class="page-title">"Create your account"</h1>
            <p class="page-lede">{lede}</p>
            {done}
            {password_script()}
            {referrer}
            <AccountForm kind=AccountFormKind::Register refusal next />
            {agreement(&viewer.site.policies)}
            <p class="page-aside">"Already a member? "<a href=sign_in>"Sign in"</a></p>
        </div>
    }
}

/// What a new member agrees to, as far as the site has it.
fn agreement(policies: &[Policy]) -> Option<impl IntoView + use<>> {
    let links = policies.iter().enumerate().map(|(at, policy)| {
        let before = if at == 0 { "the " } else { " and the " };
        view! { {before}<a href=policy.path()>{policy.title()}</a> }
    });
    (!policies.is_empty()).then(|| {
        view! {
            <p class="page-aside">"By creating an account you agree to "{links.collect_view()}"."</p>
        }
    })
}

/// Belongs to the form below it, which is an island: this field has nothing that a browser must make live.
fn referrer_field(refusal: &Refusal) -> impl IntoView + use<> {
    const NAME: &str = "referred_by";
    const HINT: &str = "referred_by-hint";
    view! {
        <div class="field register-referrer">
            <label for=NAME>"Got a code or a friend's name?"</label>
            <input
                id=NAME
                name=NAME
                form=ACCOUNT_FORM
                autocomplete="off"
                dir="auto"
                value=refusal.typed(NAME).to_owned()
                aria-describedby=HINT
            />
            <p class="field-hint" id=HINT>
                "Optional. You can paste a link or a whole message. If you enter a name, only our \
                 staff sees it."
            </p>
        </div>
    }
}
