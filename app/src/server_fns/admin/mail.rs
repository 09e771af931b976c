//! Mails that could not be delivered.

use leptos::prelude::*;

use crate::types::Outcome;

/// Clears the list up to the mail with the id `last`.
#[server(endpoint = "forget_failed_mail")]
pub async fn forget_failed_mail(#[server(default)] last: String) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let mail = Ports::current().admin_mail;
    let outcome = mail.forget_failed(read::id(&last)).await;
    answer("forget_failed_mail", "/admin/mail", &[], outcome).await
}
