//! The member names who referred them, where the site lets them. The form is plain.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};

use super::super::{member_or_sign_in, plain_field::PlainField};
use crate::{
    components::{Empty, PageTitle, internal_error, refusal_notice},
    ports::{Ports, Viewer},
    server_fns::NameReferrer,
    types::ReferrerNaming,
};

const TITLE: &str = "Who referred you?";

/// The form, or why there is none.
#[component]
pub fn NameReferrerPage() -> impl IntoView {
    let (viewer, ports) = (Viewer::current(), Ports::current());
    member_or_sign_in(&viewer, &ports)?;
    let refusal = viewer.refusal("name_referrer");
    let page = Suspend::new(async move {
        match ports.referrals.referrer_naming().await {
            Ok(Some(ReferrerNaming::Through(day))) => form(&day, &refusal),
            Ok(Some(ReferrerNaming::Refused(why))) => closed(why),
            Ok(None) => ().into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    Some(view! {
        <PageTitle title=TITLE />
        <Suspense>{page}</Suspense>
    })
}

fn form(day: &str, refusal: &Refusal) -> AnyView {
    let code = PlainField {
        form: "name-referrer",
        name: "code",
        label: "Their code or link",
        kind: "text",
        autocomplete: "off",
        value: "",
    };
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    view! {
        <div class="page page-narrow">
            <h1 class="page-title">{TITLE}</h1>
            <p class="page-lede">
                "Did a friend tell you about us? Name them here, and your first purchase earns them a credit. \
                 You can do this once, through "{day.to_owned()}", before you buy."
            </p>
            <form class="panel" method="post" action=NameReferrer::PATH novalidate>
                {notice}
                {code.view(refusal)}
                <button type="submit" class="button button-primary">"Save"</button>
            </form>
            <p><a href="/dashboard">"Back to your dashboard"</a></p>
        </div>
    }
    .into_any()
}

fn closed(why: &'static str) -> AnyView {
    view! {
        <div class="page page-narrow">
            <h1 class="page-title">{TITLE}</h1>
            <Empty title="You cannot name a referrer right now">
                <p>{why}</p>
                <a class="button" href="/dashboard">"Go to your dashboard"</a>
            </Empty>
        </div>
    }
    .into_any()
}
