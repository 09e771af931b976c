//! What an owner changes about the staff.

use leptos::prelude::*;

use crate::types::Outcome;

/// The page with the forms.
#[cfg(feature = "ssr")]
const PAGE: &str = "/admin/team";

/// **Send the invitation**.
#[server(endpoint = "invite_staff")]
pub async fn invite_staff(
    #[server(default)] email: String,
    #[server(default)] role: String,
) -> Result<Outcome, ServerFnError> {
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current().teams.invite(&email, &role).await;
    let typed = [("email", email.as_str()), ("role", role.as_str())];
    answer("invite_staff", PAGE, &typed, outcome).await
}

/// **Withdraw** of an invitation.
#[server(endpoint = "withdraw_invitation")]
pub async fn withdraw_invitation(#[server(default)] id: String) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let outcome = Ports::current().teams.withdraw(read::id(&id)).await;
    answer("withdraw_invitation", PAGE, &[], outcome).await
}

/// Gives somebody of the team another role, or with an empty `role` takes theirs.
#[server(endpoint = "change_role")]
pub async fn change_role(
    #[server(default)] program: String,
    #[server(default)] member_id: String,
    #[server(default)] role: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let (program, member) = (read::program(&program), read::id(&member_id));
    let teams = Ports::current().teams;
    let outcome = teams.change_role(program, member, &role).await;
    answer("change_role", PAGE, &[], outcome).await
}

/// **Sign out everywhere**, for somebody of the team.
#[server(endpoint = "end_staff_sessions")]
pub async fn end_staff_sessions(
    #[server(default)] program: String,
    #[server(default)] member_id: String,
) -> Result<Outcome, ServerFnError> {
    use super::read;
    use crate::{ports::Ports, server_fns::answer::answer};

    let (program, member) = (read::program(&program), read::id(&member_id));
    let outcome = Ports::current().teams.end_sessions(program, member).await;
    answer("end_staff_sessions", PAGE, &[], outcome).await
}
