//! Accepting an invitation to the staff.

use leptos::prelude::*;

use crate::types::Outcome;

/// **Accept**, by the member to whom it was mailed.
#[server(endpoint = "accept_invitation")]
pub async fn accept_invitation(#[server(default)] token: String) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;
    use leptos_router::location::Url;

    let outcome = Ports::current().teams.accept(&token).await;
    let page = format!("/invitation?token={}", Url::escape(&token));
    answer("accept_invitation", &page, &[], outcome).await
}

/// **Accept**, by somebody without an account, who gets one.
#[server(endpoint = "enrol_staff")]
pub async fn enrol_staff(
    #[server(default)] token: String,
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] date_of_birth: String,
    #[server(default)] password: String,
) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::ports::Ports;
    use domain::forms::RegistrationForm;
    use leptos_router::location::Url;

    let form = RegistrationForm {
        first_name,
        last_name,
        date_of_birth,
        password,
        ..RegistrationForm::default()
    };
    let kept = form.clone();
    let typed = [
        ("first_name", kept.first_name.as_str()),
        ("last_name", kept.last_name.as_str()),
        ("date_of_birth", kept.date_of_birth.as_str()),
    ];
    let page = format!("/invitation?token={}", Url::escape(&token));
    let outcome = Ports::current().teams.enrol(&token, form).await;
    answer("enrol_staff", &page, &typed, outcome).await
}
