//! Admin > Members.

use leptos::prelude::*;

use super::{csv_link::csv_link, same_address::shared_by_members};
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
        let filter = file_query(&text);
        let list = ports.admin_members.list(&text, before).await;
        match (list, ports.admin_members.has_shared_addresses().await) {
            (Ok(page), Ok(shared)) => view! {
                {shared_by_members(shared)}
                <MemberSearch page later=before.is_some() />
                {csv_link("/admin/members.csv", &filter)}
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

/// The query of the file of all members whom the search finds.
fn file_query(text: &str) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if !text.trim().is_empty() {
        query.append_pair("q", text);
    }
    query.finish()
}
