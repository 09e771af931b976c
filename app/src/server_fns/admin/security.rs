//! What a site requires of its admins and of friends, and whether it shows the API's documentation.

use leptos::prelude::*;

use crate::types::Outcome;

/// The page with the forms.
#[cfg(feature = "ssr")]
const PAGE: &str = "/admin/settings?tab=security";

/// Sets whether everybody who opens the console needs a second factor.
#[server(endpoint = "require_second_factor")]
pub async fn require_second_factor(
    #[server(default)] required: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let factor = Ports::current().second_factor;
    let outcome = factor.require(required == "on").await;
    answer("require_second_factor", PAGE, &[], outcome).await
}

/// Sets whether only friends count who confirmed their address.
#[server(endpoint = "count_confirmed_friends")]
pub async fn count_confirmed_friends(
    #[server(default)] only: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings.count_confirmed_friends(only == "on").await;
    answer("count_confirmed_friends", PAGE, &[], outcome).await
}

/// Sets whether the documentation of the mobile API is shown.
#[server(endpoint = "show_api_docs")]
pub async fn show_api_docs(#[server(default)] shown: String) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let settings = Ports::current().settings;
    let outcome = settings.show_api_docs(shown == "on").await;
    answer("show_api_docs", PAGE, &[], outcome).await
}
