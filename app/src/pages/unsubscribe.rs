//! The page that a mail's link opens: ending mails about referrals, without signing in.

use domain::mail::MailTopic;
use leptos::{prelude::*, server_fn::ServerFn};

use super::{account::message, query};
use crate::{
    components::{PageTitle, internal_error},
    ports::{Ports, Viewer},
    server_fns::Unsubscribe,
    types::UnsubscribeLink,
};

/// The button, or what was done.
#[component]
pub fn UnsubscribePage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let part = |name| query(name).unwrap_or_default();
    let link = UnsubscribeLink {
        member: part("member"),
        topic: part("topic"),
        key: part("key"),
    };
    let page = Suspend::new(async move {
        if let Some(done) = viewer.done.clone() {
            return view! { <p class="notice" role="status">{done}</p> }.into_any();
        }
        match ports.account_settings.is_unsubscribe_link(&link).await {
            Ok(true) => form(&viewer, link).into_any(),
            Ok(false) => unknown(&viewer).into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <PageTitle title="Unsubscribe" />
        <div class="page page-form">
            <h1 class="page-title">"Unsubscribe from emails"</h1>
            <Suspense>{page}</Suspense>
            <p class="page-aside"><a href="/account">"Your account"</a></p>
        </div>
    }
}

fn form(viewer: &Viewer, link: UnsubscribeLink) -> impl IntoView + use<> {
    let refusal = viewer.refusal("unsubscribe");
    let what = match MailTopic::parse(&link.topic) {
        Some(MailTopic::Attention) => "about what needs your attention in the console",
        Some(MailTopic::Referrals) | None => "when a friend joins or you earn a credit",
    };
    let words = format!("{} will no longer email you {what}.", viewer.site.name);
    view! {
        <p class="page-lede">{words}</p>
        <form class="form" method="post" action=Unsubscribe::PATH>
            {message(&refusal)}
            <input type="hidden" name="member" value=link.member />
            <input type="hidden" name="topic" value=link.topic />
            <input type="hidden" name="key" value=link.key />
            <button type="submit" class="button button-primary">"Unsubscribe"</button>
        </form>
    }
}

fn unknown(viewer: &Viewer) -> impl IntoView + use<> {
    let refusal = viewer.refusal("unsubscribe");
    view! {
        {message(&refusal)}
        <p class="page-lede">
            "This link is not complete. You can choose which emails you get in your account."
        </p>
    }
}
