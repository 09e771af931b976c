//! Forgetting and resetting a password.

use leptos::prelude::*;

use crate::types::Outcome;

/// Mails a link to whoever has this address.
#[server(endpoint = "forgot_password")]
pub async fn forgot_password(#[server(default)] email: String) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;

    let outcome = Ports::current().accounts.forgot_password(&email).await;
    let typed = [("email", email.as_str())];
    answer("forgot_password", "/forgot-password", &typed, outcome).await
}

/// Changes the password of whoever has the link with this token.
#[server(endpoint = "reset_password")]
pub async fn reset_password(
    #[server(default)] token: String,
    #[server(default)] password: String,
) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;
    use leptos_router::location::Url;

    let accounts = Ports::current().accounts;
    let outcome = accounts.reset_password(&token, &password).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => "/sign-in".to_owned(),
        _ => format!("/reset-password?token={}", Url::escape(&token)),
    };
    answer("reset_password", &page, &[], outcome).await
}

/// Takes the address from the account of the link with this token, which somebody else registered.
#[server(endpoint = "take_back_address")]
pub async fn take_back_address(#[server(default)] token: String) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;
    use leptos_router::location::Url;

    let outcome = Ports::current().accounts.take_back_address(&token).await;
    let page = match &outcome {
        Ok(Outcome::Done(_)) => "/register".to_owned(),
        _ => format!("/reset-password?token={}", Url::escape(&token)),
    };
    answer("take_back_address", &page, &[], outcome).await
}
