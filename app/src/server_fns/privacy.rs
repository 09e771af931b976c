//! Deleting an account.

use leptos::prelude::*;

use crate::types::Outcome;

#[server(endpoint = "delete_account")]
pub async fn delete_account(
    #[server(default)] password: String,
    #[server(default)] code: String,
    #[server(default)] forfeit: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, types::DeletionForm};

    let form = DeletionForm {
        password,
        code,
        forfeit,
    };
    let outcome = Ports::current().privacy.delete_account(&form).await;
    super::answer::answer("delete_account", "/account/delete", &[], outcome).await
}
