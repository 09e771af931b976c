//! The server functions that forms and islands call: one file per feature, a few lines each.
//!
//! Every argument is a string that may be missing, so that the port refuses bad input with a
//! sentence; the decoder would answer it with an error.

mod account_settings;
mod accounts;
pub mod admin;
mod invitation;
mod memberships;
mod notifications;
mod passwords;
mod privacy;
mod purchases;
mod recent_password;
mod referrals;
mod referrer;
mod second_factor;
mod subscriptions;

pub use account_settings::{
    CancelEmailChange, ChangeEmail, ChangeName, ChangePassword, ConfirmEmail, MailConfirmation,
    SaveMailPreferences, SignOutBrowser, SignOutDevice, SignOutOthers, Unsubscribe,
    cancel_email_change, change_email, change_name, change_password, confirm_email,
    mail_confirmation, save_mail_preferences, sign_out_browser, sign_out_device, sign_out_others,
    unsubscribe,
};
pub use accounts::{EnterCode, Register, SignIn, SignOut, enter_code, register, sign_in, sign_out};
pub use invitation::{AcceptInvitation, EnrolStaff, accept_invitation, enrol_staff};
pub use memberships::{ManageMembership, manage_membership};
pub use notifications::{
    ListNotifications, MarkAllNotificationsRead, MarkNotificationRead, list_notifications,
    mark_all_notifications_read, mark_notification_read,
};
pub use passwords::{
    ForgotPassword, ResetPassword, TakeBackAddress, forgot_password, reset_password,
    take_back_address,
};
pub use privacy::{DeleteAccount, delete_account};
pub use purchases::{Buy, GetPurchase, ReleaseCheckout, buy, get_purchase, release_checkout};
pub use recent_password::{TypePassword, type_password};
pub use referrals::{
    GetDashboard, GetReferralLink, NameReferrer, get_dashboard, get_referral_link, name_referrer,
};
pub use referrer::{
    MailReferrerLink, SignReferrerIn, SignReferrerOut, mail_referrer_link, sign_referrer_in,
    sign_referrer_out,
};
pub use second_factor::{
    BeginSecondFactor, ConfirmSecondFactor, RemoveSecondFactor, begin_second_factor,
    confirm_second_factor, remove_second_factor,
};
pub use subscriptions::{GetSubscription, get_subscription};

#[cfg(feature = "ssr")]
mod answer {
    use domain::forms::Refusal;
    use leptos::prelude::ServerFnError;

    use crate::{
        ports::{Answer, NoAnswer, Ports},
        types::{INTERNAL_ERROR, Outcome},
    };

    /// The answer to an island after an error of ours.
    pub fn internal_error() -> ServerFnError {
        ServerFnError::ServerError(INTERNAL_ERROR.to_owned())
    }

    /// Answers `form`; if it was refused, the answer keeps what was `typed` (never a password).
    pub async fn answer(
        form: &str,
        page: &str,
        typed: &[(&str, &str)],
        outcome: Answer<Outcome>,
    ) -> Result<Outcome, ServerFnError> {
        let (outcome, failed) = match outcome {
            Ok(outcome) => (outcome, None),
            // Without JavaScript an error has no page of its own: the form's page shows it.
            Err(why) => (
                Outcome::Refused(Refusal::message(why.sentence())),
                Some(why),
            ),
        };
        let outcome = match outcome {
            Outcome::Refused(refusal) => {
                // A value that the port itself keeps (a newer version) comes first.
                let kept = typed.iter().fold(refusal, |all, (field, text)| {
                    match all.typed.contains_key(*field) {
                        true => all,
                        false => all.keep(field, text),
                    }
                });
                Outcome::Refused(kept)
            }
            accepted => accepted,
        };
        let response = Ports::current().response;
        response.answer(form, page, &outcome).await;
        let Some(why) = failed else {
            return Ok(outcome);
        };
        if why == NoAnswer::Busy {
            response.busy();
        }
        Err(ServerFnError::ServerError(why.sentence().to_owned()))
    }
}
