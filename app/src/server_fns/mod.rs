//! What a form or an island asks of the server; one file per feature, a few lines per function.
//!
//! Every argument is a text that may be missing: what a person or a script sends is refused by
//! the port in words, never by the decoder with an error.

mod accounts;
mod notifications;
mod purchases;
mod referrals;

pub use accounts::{Register, SignIn, SignOut, register, sign_in, sign_out};
pub use notifications::{
    ListNotifications, MarkAllNotificationsRead, MarkNotificationRead, list_notifications,
    mark_all_notifications_read, mark_notification_read,
};
pub use purchases::{Buy, buy};
pub use referrals::{GetReferralCard, GetReferralLink, get_referral_card, get_referral_link};

#[cfg(feature = "ssr")]
mod answer {
    use leptos::prelude::ServerFnError;

    use crate::{
        ports::{Answer, Ports},
        types::Outcome,
    };

    /// The only words for what broke on our side; the cause stands in the log.
    pub fn broken() -> ServerFnError {
        ServerFnError::ServerError(
            "Something went wrong on our side. Try again in a minute.".to_owned(),
        )
    }

    /// Answers `form`, keeping what was `typed` (never a password) where it was refused.
    pub async fn answer(
        form: &str,
        page: &str,
        typed: &[(&str, &str)],
        outcome: Answer<Outcome>,
    ) -> Result<Outcome, ServerFnError> {
        let outcome = match outcome.map_err(|_| broken())? {
            Outcome::Refused(refusal) => {
                Outcome::Refused(typed.iter().fold(refusal, |refusal, (field, typed)| {
                    refusal.keep(field, typed)
                }))
            }
            gone => gone,
        };
        Ports::current().exchange.answer(form, page, &outcome).await;
        Ok(outcome)
    }
}
