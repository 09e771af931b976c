//! The page of a platform referrer, and how they sign in to it.

mod overview;
mod sign_in;

use leptos::{prelude::*, server_fn::ServerFn};

pub use sign_in::ReferrerSignInPage;

use super::plain_field::PlainField;
use crate::{
    components::{PageTitle, internal_error, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::MailReferrerLink,
};

/// What a platform referrer sees of their referrals; for everybody else the form that asks for a link.
#[component]
pub fn ReferrerPage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let page = Suspend::new(async move {
        match ports.referrer_pages.own().await {
            Ok(Some(own)) => overview::view(own),
            Ok(None) => ask(&viewer, &ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Your referrals" />
        <Suspense>{page}</Suspense>
    }
}

fn ask(viewer: &Viewer, ports: &Ports) -> AnyView {
    let content = match ports.accounts.can_mail() {
        true => form(viewer).into_any(),
        false => view! {
            <p class="page-lede">
                {format!("{} cannot send email, so nobody can sign in here.", viewer.site.name)}
            </p>
        }
        .into_any(),
    };
    view! {
        <div class="page page-form">
            <h1 class="page-title">"Your referrals"</h1>
            {content}
        </div>
    }
    .into_any()
}

fn form(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("mail_referrer_link");
    let email = PlainField {
        form: "referrer",
        name: "email",
        label: "Email",
        kind: "email",
        autocomplete: "email",
        value: "",
    };
    let email = email.view(&refusal);
    let errors = refusal.fields.is_empty().then(|| refusal_notice(&refusal));
    let words = match viewer.done.clone() {
        Some(done) => view! { <p class="notice" role="status">{done}</p> }.into_any(),
        None => {
            let words = format!(
                "For people who refer others to {}. We will email you a link to sign in.",
                viewer.site.name
            );
            view! { <p class="page-lede">{words}</p> }.into_any()
        }
    };
    view! {
        {words}
        <form class="form" method="post" action=MailReferrerLink::PATH novalidate>
            {errors}
            {email}
            <button type="submit" class="button button-primary">"Email me a link"</button>
        </form>
    }
}
