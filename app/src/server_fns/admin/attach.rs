//! Who referred a member, said afterwards.

use leptos::prelude::*;

use crate::types::Outcome;

/// **Save who referred them**: `referrer` is a code, a link or an email address, with the reason.
#[server(endpoint = "attach_referrer")]
pub async fn attach_referrer(
    #[server(default)] member_id: String,
    #[server(default)] referrer: String,
    #[server(default)] reason: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let member = read::id(&member_id);
    let members = Ports::current().admin_members;
    let outcome = members.attach(member, &referrer, &reason).await;
    let page = format!("/admin/members/{member}");
    let typed = [("referrer", referrer.as_str()), ("reason", reason.as_str())];
    answer("attach_referrer", &page, &typed, outcome).await
}
