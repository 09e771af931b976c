//! Admin > Members.

use leptos::prelude::*;

use crate::{
    components::{AdminPage, internal_error},
    islands::admin::MemberSearch,
    pages::query,
    ports::Ports,
};

/// Members, newest first, with a search field.
#[component]
pub fn MembersPage() -> impl IntoView {
    let ports = Ports::current();
    let text = query("q").unwrap_or_default();
    let before = query("before").and_then(|before| before.parse().ok());
    let content = Suspend::new(async move {
        match ports.admin_members.list(&text, before).await {
            Ok(page) => view! { <MemberSearch page later=before.is_some() /> }.into_any(),
            Err(_) => internal_error(&ports),
        }
    });
    view! {
        <AdminPage title="Members">
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}
