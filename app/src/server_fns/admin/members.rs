//! Finding members, and recording a counter sale.

use leptos::prelude::*;

use crate::types::{Outcome, admin::MembersPage};

/// Members whose names or addresses begin with `text`; empty without the right to see them.
#[server(name = ListMembers, endpoint = "admin_members")]
pub async fn list_members(
    #[server(default)] text: String,
    #[server(default)] before: String,
) -> Result<MembersPage, ServerFnError> {
    crate::ports::Ports::current()
        .admin_members
        .list(&text, before.parse().ok())
        .await
        .map_err(|_| crate::server_fns::answer::internal_error())
}

/// **Record a sale made in person**, only once for each `token`.
#[server(endpoint = "record_sale")]
pub async fn record_sale(
    #[server(default)] member_id: String,
    #[server(default)] product_id: String,
    #[server(default)] token: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let members = Ports::current().admin_members;
    let outcome = members
        .record_sale(member, read::id(&product_id), &token)
        .await;
    let page = format!("/admin/members/{member}");
    let typed = [("product_id", product_id.as_str())];
    answer("record_sale", &page, &typed, outcome).await
}
