//! Admin > Team, and the page that the link of an invitation opens.

use async_trait::async_trait;
use domain::{credit::Program, forms::RegistrationForm};

use super::Answer;
use crate::types::{
    Outcome,
    admin::{InvitationOffer, TeamPage},
};

/// The staff of the site, and of the platform program.
#[async_trait]
pub trait Teams: Send + Sync {
    /// The teams that the viewer may change.
    async fn page(&self) -> Answer<TeamPage>;
    /// **Send the invitation**.
    async fn invite(&self, email: &str, role: &str) -> Answer<Outcome>;
    /// **Withdraw** of an invitation.
    async fn withdraw(&self, id: i64) -> Answer<Outcome>;
    /// Gives somebody of the team another role, or with an empty `role` takes theirs.
    async fn change_role(&self, program: Program, member_id: i64, role: &str) -> Answer<Outcome>;
    /// **Sign out everywhere**.
    async fn end_sessions(&self, program: Program, member_id: i64) -> Answer<Outcome>;
    /// What the link with this token offers; `None` if it does not work. Needs no sign-in.
    async fn offer(&self, token: &str) -> Answer<Option<InvitationOffer>>;
    /// **Accept**, by the member to whom it was mailed.
    async fn accept(&self, token: &str) -> Answer<Outcome>;
    /// **Accept**, by somebody without an account, who gets one.
    async fn enrol(&self, token: &str, form: RegistrationForm) -> Answer<Outcome>;
}
