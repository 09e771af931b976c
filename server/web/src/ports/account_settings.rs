//! What a member changes of their own account.

use app::{
    ports::{AccountSettings, Answer},
    types::{Outcome, OwnAccount, SignedInBrowser, UnsubscribeLink},
};
use async_trait::async_trait;
use domain::{
    forms::{FieldError, Refusal, read_names},
    mail::MailTopic,
};
use server_core::dates;
use services::{
    accounts::{
        address::{self, Confirmed},
        password,
    },
    mail::unsubscribe,
};
use store::{
    ApiTokenId, MemberId, api_tokens, email_confirmations, entities::user, sessions, users,
};

use crate::{
    middleware::{self, browser_of},
    ports::{Services, internal_error},
};

const NAME_CHANGED: &str = "Your name was saved.";
const PASSWORD_CHANGED: &str =
    "Your password was changed. Every other browser and phone is signed out.";
const CONFIRMED: &str = "Your email address is confirmed.";
const LINK_ENDED: &str = "This link does not work any more.";
const TAKEN: &str = "Another account has this email address by now, so nothing was changed.";
const JUST_MAILED: &str = "A link was emailed a moment ago. Look into the spam folder too.";
const MAILED: &str = "The link was emailed again.";
const KEPT: &str = "Your address stays as it is.";
const SIGNED_OUT: &str = "The browser is signed out.";
const DEVICE_SIGNED_OUT: &str = "The device is signed out.";
const OTHERS_SIGNED_OUT: &str = "Every other browser and every phone is signed out.";
const CANNOT_MAIL: &str = "This site cannot send email. Ask the staff to help you.";

const SAVED: &str = "Your choice was saved.";
const UNSUBSCRIBED: &str = "You will get no more emails about referrals.";
const INCOMPLETE: &str = "This link is not complete, so nothing was changed.";

type Done = anyhow::Result<Result<String, Refusal>>;

fn refused(message: impl Into<String>) -> Result<String, Refusal> {
    Err(Refusal::message(message))
}

impl Services {
    /// Does what only a member who is signed in can do. A visitor is sent to sign in.
    async fn as_member(&self, what: impl AsyncFnOnce(&user::Model) -> Done) -> Answer<Outcome> {
        let Some(member) = &self.context.user else {
            return Ok(Outcome::Go("/sign-in?next=/account".to_owned()));
        };
        Ok(match what(member).await.map_err(internal_error)? {
            Ok(notice) => Outcome::Done(notice),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn own_account(&self) -> anyhow::Result<Option<OwnAccount>> {
        let Some(member) = &self.context.user else {
            return Ok(None);
        };
        let (db, now) = (self.state.db.reader(), self.state.now());
        let link = email_confirmations::of_member(db, member.id, now).await?;
        let new_email = link.map(|link| link.email);
        Ok(Some(OwnAccount {
            can_mail: self.state.mailer.can_send(),
            email_confirmed_on: member.email_confirmed_at.map(dates::day),
            new_email: new_email.filter(|email| *email != member.email),
            mails_referrals: !member.mutes(MailTopic::Referrals),
            browsers: self.my_browsers(member).await?,
            devices: self.my_devices().await?,
        }))
    }

    async fn my_browsers(&self, member: &user::Model) -> anyhow::Result<Vec<SignedInBrowser>> {
        let this = middleware::row_id(&self.context.session);
        let (db, now) = (self.state.db.reader(), self.state.now());
        let rows = sessions::of_member(db, member.id, now).await?;
        let browsers = rows.into_iter().filter_map(|row| browser_of(row, member));
        let views = browsers.map(|browser| SignedInBrowser {
            is_this: Some(&browser.row_id) == this.as_ref(),
            id: browser.row_id,
            name: browser.name,
            signed_in_on: dates::minute(browser.signed_in_at),
            signed_in_at: dates::iso(browser.signed_in_at),
        });
        Ok(views.collect())
    }

    async fn set_password(&self, member: &user::Model, current: &str, new: &str) -> Done {
        let Self { state, context } = self;
        if let Err(refusal) = self.try_password(member) {
            return Ok(Err(refusal));
        }
        let (site, base_url) = (&context.site, &context.base_url);
        let changed = password::change(state, site, member, (current, new), base_url).await?;
        Ok(match changed {
            Ok(member) => {
                self.right_password(&member);
                // The change has ended this session too.
                middleware::sign_in(context, &member, state.now()).await?;
                Ok(PASSWORD_CHANGED.to_owned())
            }
            Err(errors) => self.wrong_or_refused(member, errors, "current"),
        })
    }

    async fn ask_for_address(&self, member: &user::Model, email: &str, password: &str) -> Done {
        let Self { state, context } = self;
        if !state.mailer.can_send() {
            return Ok(refused(CANNOT_MAIL));
        }
        if let Err(refusal) = self.try_password(member) {
            return Ok(Err(refusal));
        }
        let (site, base_url) = (&context.site, &context.base_url);
        let typed = (email, password);
        let asked = address::ask_to_change(state, site, member, typed, base_url).await?;
        Ok(match asked {
            Ok(email) => {
                self.right_password(member);
                Ok(format!(
                    "We emailed a link to {email}. Open it to use that address."
                ))
            }
            Err(errors) => self.wrong_or_refused(member, errors, "password"),
        })
    }

    /// Counts a password that the member types as wrong until it proves right, as for signing in:
    /// whoever has the browser may not have the password.
    fn try_password(&self, member: &user::Model) -> Result<(), Refusal> {
        let (limiter, address) = (&self.state.rate_limiter, self.context.address);
        let tried = limiter
            .check_sign_in(address)
            .and_then(|()| limiter.try_account(member.site_id, &member.email_account, address));
        tried.map_err(|refused| Refusal::message(refused.sentence()))
    }

    fn right_password(&self, member: &user::Model) {
        let (limiter, address) = (&self.state.rate_limiter, self.context.address);
        limiter.clear_failures(member.site_id, &member.email_account, address);
    }

    /// A refusal; unless it is about the field with the current password, that was right.
    fn wrong_or_refused(
        &self,
        member: &user::Model,
        errors: Vec<FieldError>,
        current: &str,
    ) -> Result<String, Refusal> {
        if errors.iter().all(|error| error.field != current) {
            self.right_password(member);
        }
        Err(Refusal::fields(errors))
    }

    async fn mail_link_again(&self, member: &user::Model) -> Done {
        let Self { state, context } = self;
        if !state.mailer.can_send() {
            return Ok(refused(CANNOT_MAIL));
        }
        let (site, base_url) = (&context.site, &context.base_url);
        Ok(
            match address::mail_link_again(state, site, member, base_url).await? {
                true => Ok(MAILED.to_owned()),
                false => refused(JUST_MAILED),
            },
        )
    }

    async fn use_link(&self, token: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(limited) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(Outcome::Refused(Refusal::message(limited.sentence())));
        }
        let confirmed = address::confirm(state, &context.site, token, &context.base_url).await?;
        let notice = match confirmed {
            Confirmed::Proven(_) => CONFIRMED.to_owned(),
            Confirmed::Changed(member) => format!("You sign in with {} from now on.", member.email),
            Confirmed::Taken => return Ok(Outcome::Refused(Refusal::message(TAKEN))),
            Confirmed::LinkEnded => return Ok(Outcome::Refused(Refusal::message(LINK_ENDED))),
        };
        Ok(Outcome::Done(notice))
    }

    async fn end_others(&self, member: &user::Model) -> Done {
        let db = self.state.db.writer();
        let this = middleware::row_id(&self.context.session);
        sessions::end_others(db, member.id, this.as_deref()).await?;
        api_tokens::revoke_all(db, member.site_id, member.id).await?;
        Ok(Ok(OTHERS_SIGNED_OUT.to_owned()))
    }
}

#[async_trait]
impl AccountSettings for Services {
    async fn show(&self) -> Answer<Option<OwnAccount>> {
        self.own_account().await.map_err(internal_error)
    }

    async fn change_name(&self, first_name: &str, last_name: &str) -> Answer<Outcome> {
        self.as_member(async |member| {
            let (first, last) = match read_names(first_name, last_name) {
                Ok(names) => names,
                Err(errors) => return Ok(Err(Refusal::fields(errors))),
            };
            users::set_name(self.state.db.writer(), member, first, last).await?;
            Ok(Ok(NAME_CHANGED.to_owned()))
        })
        .await
    }

    async fn change_password(&self, current: &str, new: &str) -> Answer<Outcome> {
        self.as_member(async |member| self.set_password(member, current, new).await)
            .await
    }

    async fn change_email(&self, email: &str, password: &str) -> Answer<Outcome> {
        self.as_member(async |member| self.ask_for_address(member, email, password).await)
            .await
    }

    async fn mail_confirmation(&self) -> Answer<Outcome> {
        self.as_member(async |member| self.mail_link_again(member).await)
            .await
    }

    async fn cancel_email_change(&self) -> Answer<Outcome> {
        self.as_member(async |member| {
            address::cancel(&self.state, member).await?;
            Ok(Ok(KEPT.to_owned()))
        })
        .await
    }

    async fn address_of_link(&self, token: &str) -> Answer<Option<String>> {
        let Self { state, context } = self;
        address::of_link(state, &context.site, token)
            .await
            .map_err(internal_error)
    }

    async fn confirm_email(&self, token: &str) -> Answer<Outcome> {
        self.use_link(token).await.map_err(internal_error)
    }

    async fn save_mail_preferences(&self, referrals: bool) -> Answer<Outcome> {
        self.as_member(async |member| {
            let (db, topic) = (self.state.db.writer(), MailTopic::Referrals);
            users::set_muted(db, member.site_id, member.id, topic, !referrals).await?;
            Ok(Ok(SAVED.to_owned()))
        })
        .await
    }

    async fn is_unsubscribe_link(&self, link: &UnsubscribeLink) -> Answer<bool> {
        let Ok(member) = link.member.parse().map(MemberId::new) else {
            return Ok(false);
        };
        Ok(unsubscribe::topic_of(&self.state, member, &link.topic, &link.key).is_some())
    }

    async fn unsubscribe(&self, link: &UnsubscribeLink) -> Answer<Outcome> {
        let Self { state, context } = self;
        // No member has the id 0.
        let member = MemberId::new(link.member.parse().unwrap_or(0));
        let by = (link.topic.as_str(), link.key.as_str());
        let done = unsubscribe::unsubscribe(state, &context.site, member, by).await;
        Ok(match done.map_err(internal_error)? {
            true => Outcome::Done(UNSUBSCRIBED.to_owned()),
            false => Outcome::Refused(Refusal::message(INCOMPLETE)),
        })
    }

    async fn sign_out_device(&self, id: i64) -> Answer<Outcome> {
        self.as_member(async |member| {
            // A device that is already gone is signed out, so this is not an error.
            let (db, id) = (self.state.db.writer(), ApiTokenId::new(id));
            api_tokens::revoke(db, member.site_id, member.id, id).await?;
            Ok(Ok(DEVICE_SIGNED_OUT.to_owned()))
        })
        .await
    }

    async fn sign_out_browser(&self, id: &str) -> Answer<Outcome> {
        self.as_member(async |member| {
            sessions::end(self.state.db.writer(), member.id, id).await?;
            Ok(Ok(SIGNED_OUT.to_owned()))
        })
        .await
    }

    async fn sign_out_others(&self) -> Answer<Outcome> {
        self.as_member(async |member| self.end_others(member).await)
            .await
    }
}
