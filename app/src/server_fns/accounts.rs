//! Registering, signing in and out.

use leptos::prelude::*;

use crate::types::Outcome;

/// Creates an account and signs it in.
#[server(endpoint = "register")]
pub async fn register(
    #[server(default)] first_name: String,
    #[server(default)] last_name: String,
    #[server(default)] email: String,
    #[server(default)] date_of_birth: String,
    #[server(default)] password: String,
    #[server(default)] referred_by: String,
    #[server(default)] next: String,
) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::{pages::with_next, ports::Ports};

    let form = domain::forms::RegistrationForm {
        email,
        password,
        first_name,
        last_name,
        date_of_birth,
    };
    let outcome = Ports::current()
        .accounts
        .register(form.clone(), &referred_by, &next)
        .await;
    let typed = [
        ("first_name", form.first_name.as_str()),
        ("last_name", &form.last_name),
        ("email", &form.email),
        ("date_of_birth", &form.date_of_birth),
        ("referred_by", &referred_by),
    ];
    answer("register", &with_next("/register", &next), &typed, outcome).await
}

#[server(endpoint = "sign_in")]
pub async fn sign_in(
    #[server(default)] email: String,
    #[server(default)] password: String,
    #[server(default)] keep: String,
    #[server(default)] next: String,
) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::{pages::with_next, ports::Ports};

    let outcome = Ports::current()
        .accounts
        .sign_in((&email, &password), keep == "on", &next)
        .await;
    answer(
        "sign_in",
        &with_next("/sign-in", &next),
        &[("email", &email)],
        outcome,
    )
    .await
}

/// Signs in who typed the right password, with the code of the second factor.
#[server(endpoint = "enter_code")]
pub async fn enter_code(
    #[server(default)] code: String,
    #[server(default)] next: String,
) -> Result<Outcome, ServerFnError> {
    use super::answer::answer;
    use crate::{pages::with_next, ports::Ports};

    let outcome = Ports::current().accounts.enter_code(&code, &next).await;
    let page = with_next("/sign-in/code", &next);
    answer("enter_code", &page, &[], outcome).await
}

#[server(endpoint = "sign_out")]
pub async fn sign_out() -> Result<Outcome, ServerFnError> {
    let outcome = crate::ports::Ports::current().accounts.sign_out().await;
    super::answer::answer("sign_out", "/", &[], outcome).await
}
