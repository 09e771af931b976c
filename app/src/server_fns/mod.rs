//! What a form or an island asks of the server; one file per feature, a few lines per function.
//!
//! Every argument is a text that may be missing: what a person or a script sends is refused by
//! the port in words, never by the decoder with an error.

mod accounts;
pub mod admin;
mod notifications;
mod purchases;
mod referrals;
mod subscriptions;

pub use accounts::{
    Register, SignIn, SignOut, SignOutDevice, register, sign_in, sign_out, sign_out_device,
};
pub use notifications::{
    ListNotifications, MarkAllNotificationsRead, MarkNotificationRead, list_notifications,
    mark_all_notifications_read, mark_notification_read,
};
pub use purchases::{Buy, GetPurchase, ReleaseCheckout, buy, get_purchase, release_checkout};
pub use referrals::{GetReferralCard, GetReferralLink, get_referral_card, get_referral_link};
pub use subscriptions::{GetSubscription, get_subscription};

#[cfg(feature = "ssr")]
mod answer {
    use domain::forms::Refusal;
    use leptos::prelude::ServerFnError;

    use crate::{
        ports::{Answer, Broken, Ports},
        types::Outcome,
    };

    /// The only words for what broke on our side; the cause stands in the log.
    const BROKEN: &str = "Something went wrong on our side. Try again in a minute.";

    /// What broke on our side, for an island.
    pub fn broken() -> ServerFnError {
        ServerFnError::ServerError(BROKEN.to_owned())
    }

    /// Answers `form`, keeping what was `typed` (never a password) where it was refused.
    pub async fn answer(
        form: &str,
        page: &str,
        typed: &[(&str, &str)],
        outcome: Answer<Outcome>,
    ) -> Result<Outcome, ServerFnError> {
        let (outcome, broke) = match outcome {
            Ok(outcome) => (outcome, false),
            // Without JavaScript an error has no page of its own: the form's page says it.
            Err(Broken) => (Outcome::Refused(Refusal::message(BROKEN)), true),
        };
        let outcome = match outcome {
            Outcome::Refused(refusal) => {
                // What the port says about a field (a newer version) stands.
                let kept = typed.iter().fold(refusal, |all, (field, text)| {
                    match all.typed.contains_key(*field) {
                        true => all,
                        false => all.keep(field, text),
                    }
                });
                Outcome::Refused(kept)
            }
            gone => gone,
        };
        Ports::current().exchange.answer(form, page, &outcome).await;
        if broke { Err(broken()) } else { Ok(outcome) }
    }
}
