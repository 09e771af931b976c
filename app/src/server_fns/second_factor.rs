//! The second factor of an account.

use leptos::prelude::*;

use crate::types::Outcome;

/// The page with the forms.
#[cfg(feature = "ssr")]
const PAGE: &str = "/account";

/// Begins to set up a second factor.
#[server(endpoint = "begin_second_factor")]
pub async fn begin_second_factor(
    #[server(default)] password: String,
) -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current()
        .second_factor
        .begin(&password)
        .await;
    super::answer::answer("begin_second_factor", PAGE, &[], outcome).await
}

/// Turns it on with a code of the authenticator app.
#[server(endpoint = "confirm_second_factor")]
pub async fn confirm_second_factor(
    #[server(default)] code: String,
) -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current()
        .second_factor
        .confirm(&code)
        .await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => PAGE,
        _ => "/account/second-factor",
    };
    super::answer::answer("confirm_second_factor", page, &[], outcome).await
}

#[server(endpoint = "remove_second_factor")]
pub async fn remove_second_factor(
    #[server(default)] password: String,
    #[server(default)] code: String,
) -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current()
        .second_factor
        .remove(&password, &code)
        .await;
    super::answer::answer("remove_second_factor", PAGE, &[], outcome).await
}
