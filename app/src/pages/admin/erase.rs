//! Admin > Members > one member > Erase this member: a plain form.

use domain::forms::Refusal;
use leptos::{prelude::*, server_fn::ServerFn};
use leptos_router::hooks::use_params_map;

use crate::{
    components::{AdminPage, internal_error, password_panel, refusal_notice},
    pages::{not_found, plain_field::PlainField},
    ports::{Ports, Viewer},
    server_fns::admin::EraseMember,
    types::admin::ErasePage as Page,
};

#[component]
pub fn ErasePage() -> impl IntoView {
    let (ports, viewer) = (Ports::current(), Viewer::current());
    let refusal = viewer.refusal("erase_member");
    let id = use_params_map()
        .read_untracked()
        .get("id")
        .and_then(|id| id.parse::<i64>().ok());
    let page = Suspend::new(async move {
        let Some(id) = id else {
            return not_found(&ports);
        };
        let asked = ports.recent_password.is_asked().await.unwrap_or(true);
        match ports.admin_members.erasure(id).await {
            Ok(Some(member)) => {
                let own = format!("/admin/members/{id}/erase");
                let password = asked.then(|| password_panel(&viewer, &own));
                view! {
                    <AdminPage title=format!("Erase {}", member.name)>
                        <nav class="crumbs" aria-label="You are here">
                            <a href="/admin/members">"Members"</a>
                            " / "
                            <a href=format!("/admin/members/{id}") dir="auto">{member.name.clone()}</a>
                        </nav>
                        {password}
                        {panel(&member, &refusal)}
                    </AdminPage>
                }
                .into_any()
            }
            Ok(None) => not_found(&ports),
            Err(_) => internal_error(&ports),
        }
    });
    view! { <Suspense>{page}</Suspense> }
}

fn panel(member: &Page, refusal: &Refusal) -> impl IntoView + use<> {
    let content = match (member.leaving, member.has_rights) {
        (true, _) => view! { <p>"This account is deleted, or is being deleted."</p> }.into_any(),
        (false, true) => view! {
            <p>"This member has a role in the console. Take it away first."</p>
        }
        .into_any(),
        (false, false) => form(member, refusal).into_any(),
    };
    view! {
        <section class="panel" aria-labelledby="erase-title">
            <h2 class="panel-title" id="erase-title">"Erase this member"</h2>
            {content}
        </section>
    }
}

fn form(member: &Page, refusal: &Refusal) -> impl IntoView + use<> {
    let lost = member.credit.is_positive().then(|| {
        let words = format!("They lose their credit of {}.", member.credit);
        view! { <p class="sale-words"><strong>{words}</strong></p> }
    });
    let memberships = (!member.memberships.is_empty()).then(|| {
        let words = format!("These end at once: {}.", member.memberships.join(", "));
        view! { <p class="sale-words"><strong>{words}</strong></p> }
    });
    let confirm = PlainField {
        form: "erase",
        name: "confirm",
        label: "To confirm it, type what stands above",
        kind: "text",
        autocomplete: "off",
        value: "",
    };
    let reason = PlainField {
        form: "erase",
        name: "reason",
        label: "Why, without the member's name or address",
        kind: "text",
        autocomplete: "off",
        value: "",
    };
    let notice = refusal.fields.is_empty().then(|| refusal_notice(refusal));
    view! {
        <form class="sale" method="post" action=EraseMember::PATH novalidate>
            {notice}
            <p class="sale-words">
                "Their name, addresses, date of birth and sign-ins are removed, and nobody signs in with the \
                 account any more. What was bought and credited stays, without a name. This cannot be undone."
            </p>
            {lost}
            {memberships}
            <p class="sale-words"><strong class="account-email">{member.confirm.clone()}</strong></p>
            <input type="hidden" name="member_id" value=member.id.to_string() />
            {confirm.view(refusal)}
            {reason.view(refusal)}
            <button type="submit" class="button">"Erase this member"</button>
        </form>
    }
}
