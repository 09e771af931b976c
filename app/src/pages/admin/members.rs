//! Admin > Members.

use leptos::prelude::*;

use super::same_address::shared_by_members;
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
        let list = ports.admin_members.list(&text, before).await;
        match (list, ports.admin_members.has_shared_addresses().await) {
            (Ok(page), Ok(shared)) => view! {
                {shared_by_members(shared)}
                <MemberSearch page later=before.is_some() />
            }
            .into_any(),
            _ => internal_error(&ports),
        }
    });
    view! {
        <AdminPage title="Members">
            <Suspense>{content}</Suspense>
        </AdminPage>
    }
}
