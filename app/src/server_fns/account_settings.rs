//! What a member changes of their own account.

use leptos::prelude::*;

use crate::types::Outcome;

/// The page with the forms.
#[cfg(feature = "ssr")]
const PAGE: &str = "/account";

#[server(endpoint = "change_name")]
pub async fn change_name(
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
) -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.change_name(&first_name, &last_name).await;
    let typed = [
        ("first_name", first_name.as_str()),
        ("last_name", &last_name),
    ];
    super::answer::answer("change_name", PAGE, &typed, outcome).await
}

#[server(endpoint = "change_password")]
pub async fn change_password(
    #[server(default)] current: String,
    #[server(default)] password: String,
) -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.change_password(&current, &password).await;
    super::answer::answer("change_password", PAGE, &[], outcome).await
}

/// Mails a link to the address that the member wants to have.
#[server(endpoint = "change_email")]
pub async fn change_email(
    #[server(default)] email: String,
    #[server(default)] password: String,
) -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.change_email(&email, &password).await;
    let typed = [("email", email.as_str())];
    super::answer::answer("change_email", PAGE, &typed, outcome).await
}

/// Mails the link again that confirms an address.
#[server(endpoint = "mail_confirmation")]
pub async fn mail_confirmation() -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.mail_confirmation().await;
    super::answer::answer("mail_confirmation", PAGE, &[], outcome).await
}

#[server(endpoint = "cancel_email_change")]
pub async fn cancel_email_change() -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.cancel_email_change().await;
    super::answer::answer("cancel_email_change", PAGE, &[], outcome).await
}

/// Uses the link of a mail.
#[server(endpoint = "confirm_email")]
pub async fn confirm_email(#[server(default)] token: String) -> Result<Outcome, ServerFnError> {
    use leptos_router::location::Url;

    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.confirm_email(&token).await;
    let page = match &outcome {
        // A visitor is sent on to sign in.
        Ok(Outcome::Done(_)) => PAGE.to_owned(),
        _ => format!("/confirm-email?token={}", Url::escape(&token)),
    };
    super::answer::answer("confirm_email", &page, &[], outcome).await
}

#[server(endpoint = "save_mail_preferences")]
pub async fn save_mail_preferences(
    #[server(default)] referrals: String,
    #[server(default)] attention: String,
) -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings
        .save_mail_preferences(referrals == "on", attention == "on")
        .await;
    super::answer::answer("save_mail_preferences", PAGE, &[], outcome).await
}

/// Ends mails about a topic, by the link of such a mail.
#[server(endpoint = "unsubscribe")]
pub async fn unsubscribe(
    #[server(default)] member: String,
    #[server(default)] topic: String,
    #[server(default)] key: String,
) -> Result<Outcome, ServerFnError> {
    use crate::types::UnsubscribeLink;

    let link = UnsubscribeLink { member, topic, key };
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.unsubscribe(&link).await;
    super::answer::answer("unsubscribe", "/unsubscribe", &[], outcome).await
}

/// Signs one of the member's phones out.
#[server(endpoint = "sign_out_device")]
pub async fn sign_out_device(#[server(default)] id: String) -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.sign_out_device(&id).await;
    super::answer::answer("sign_out_device", PAGE, &[], outcome).await
}

/// Signs one of the member's browsers out.
#[server(endpoint = "sign_out_browser")]
pub async fn sign_out_browser(#[server(default)] id: String) -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.sign_out_browser(&id).await;
    super::answer::answer("sign_out_browser", PAGE, &[], outcome).await
}

/// Signs every other browser and every phone out.
#[server(endpoint = "sign_out_others")]
pub async fn sign_out_others() -> Result<Outcome, ServerFnError> {
    let settings = crate::ports::Ports::current().account_settings;
    let outcome = settings.sign_out_others().await;
    super::answer::answer("sign_out_others", PAGE, &[], outcome).await
}
