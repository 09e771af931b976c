//! What a member changes of their own account.

use async_trait::async_trait;

use super::Answer;
use crate::types::{Outcome, OwnAccount, UnsubscribeLink};

/// The signed-in member's own account.
#[async_trait]
pub trait AccountSettings: Send + Sync {
    /// `None` for a visitor.
    async fn show(&self) -> Answer<Option<OwnAccount>>;
    async fn change_name(&self, first_name: &str, last_name: &str) -> Answer<Outcome>;
    /// Changes the password of a member who knows the `current` one. Every other browser and phone is
    /// signed out.
    async fn change_password(&self, current: &str, new: &str) -> Answer<Outcome>;
    /// Mails a link to the address that the member, who knows the password, wants to have.
    async fn change_email(&self, email: &str, password: &str) -> Answer<Outcome>;
    /// Mails the link again that the member waits for.
    async fn mail_confirmation(&self) -> Answer<Outcome>;
    /// Keeps the current address.
    async fn cancel_email_change(&self) -> Answer<Outcome>;
    /// The address that the link with this token confirms; `None` if the link does not work. Needs no
    /// sign-in.
    async fn address_of_link(&self, token: &str) -> Answer<Option<String>>;
    /// Uses the link with this token. Needs no sign-in.
    async fn confirm_email(&self, token: &str) -> Answer<Outcome>;
    /// Sets whether the member is mailed about referrals, and an admin about what needs attention.
    async fn save_mail_preferences(&self, referrals: bool, attention: bool) -> Answer<Outcome>;
    /// Whether a link that unsubscribes is genuine. Needs no sign-in.
    async fn is_unsubscribe_link(&self, link: &UnsubscribeLink) -> Answer<bool>;
    /// Uses such a link. Needs no sign-in.
    async fn unsubscribe(&self, link: &UnsubscribeLink) -> Answer<Outcome>;
    /// Signs one of the member's phones out.
    async fn sign_out_device(&self, id: &str) -> Answer<Outcome>;
    /// Signs one of the member's browsers out.
    async fn sign_out_browser(&self, id: &str) -> Answer<Outcome>;
    /// Signs every other browser and every phone out.
    async fn sign_out_others(&self) -> Answer<Outcome>;
}
