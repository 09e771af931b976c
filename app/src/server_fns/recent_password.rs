//! A password that is asked for again.

use leptos::prelude::*;

use crate::types::Outcome;

/// Types the password of the signed-in member, on a page of the console.
#[server(endpoint = "type_password")]
pub async fn type_password(
    #[server(default)] password: String,
    #[server(default)] page: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::local};

    let outcome = Ports::current()
        .recent_password
        .type_password(&password)
        .await;
    let page = local::path(&page).unwrap_or("/admin/settings");
    super::answer::answer("type_password", page, &[], outcome).await
}
