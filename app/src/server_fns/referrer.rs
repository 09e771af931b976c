//! A platform referrer signs in and out.

use leptos::prelude::*;

use crate::types::Outcome;

/// Mails a link that signs in to the platform referrer who has this address.
#[server(endpoint = "mail_referrer_link")]
pub async fn mail_referrer_link(
    #[server(default)] email: String,
) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;

    let outcome = Ports::current().referrer_pages.mail_link(&email).await;
    let typed = [("email", email.as_str())];
    answer("mail_referrer_link", "/referrer", &typed, outcome).await
}

/// Signs in whoever was mailed the link with this token.
#[server(endpoint = "sign_referrer_in")]
pub async fn sign_referrer_in(#[server(default)] token: String) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;

    let outcome = Ports::current().referrer_pages.sign_in(&token).await;
    // The page that asks for a new link says why.
    answer("mail_referrer_link", "/referrer", &[], outcome).await
}

#[server(endpoint = "sign_referrer_out")]
pub async fn sign_referrer_out() -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current()
        .referrer_pages
        .sign_out()
        .await;
    super::answer::answer("mail_referrer_link", "/referrer", &[], outcome).await
}
