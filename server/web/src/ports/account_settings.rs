//! What a member changes of their own account.

use app::{
    ports::{AccountSettings, Answer},
    types::{Outcome, OwnAccount, SignedInBrowser, UnsubscribeLink},
};
use async_trait::async_trait;
use domain::{
    account::SecurityEvent,
    forms::{FieldError, Refusal},
    mail::MailTopic,
};
use server_core::dates;
use services::{
    accounts::{
        Client,
        address::{self, Confirmed, MailedAgain, TOO_MANY},
        attempts::Attempt,
        password,
        profile::{self, ProfileChange},
    },
    mail::unsubscribe,
};
use store::{ApiTokenId, api_tokens, email_confirmations, entities::user, sessions, users};

use crate::{
    middleware::{self, Refused, browser_of},
    ports::{CANNOT_MAIL, Services, internal_error},
};

const NAME_CHANGED: &str = "Your name was saved.";
const PASSWORD_CHANGED: &str =
    "Your password was changed. Every other browser and phone is signed out.";
const CONFIRMED: &str = "Your email address is confirmed.";
const LINK_ENDED: &str = "This link no longer works.";
const TAKEN: &str = "Another account now has this email address, so nothing was changed.";
const JUST_MAILED: &str = "A link was emailed a moment ago. Check your spam folder too.";
const MAILED: &str = "The link was emailed again.";
const NOTHING_TO_CONFIRM: &str = "Your email address is already confirmed. If you wanted to \
    change it, that link has expired. Enter the new address again.";
const KEPT: &str = "Your address stays as it is.";
const SIGNED_OUT: &str = "The browser is signed out.";
const DEVICE_SIGNED_OUT: &str = "The device is signed out.";
const OTHERS_SIGNED_OUT: &str = "Every other browser and every phone is signed out.";

const SAVED: &str = "Your choice was saved.";
const UNSUBSCRIBED: &str = "You will no longer get these emails.";
const INCOMPLETE: &str = "This link is not complete, so nothing was changed.";

pub(super) type Done = anyhow::Result<Result<String, Refusal>>;

pub(super) fn refused(message: impl Into<String>) -> Result<String, Refusal> {
    Err(Refusal::message(message))
}

impl Services {
    /// Does what only a member who is signed in can do. A visitor is sent to sign in.
    pub(super) async fn as_member(
        &self,
        what: impl AsyncFnOnce(&user::Model) -> Done,
    ) -> Answer<Outcome> {
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
            email_confirmed_on: member
                .email_confirmed_at
                .map(|at| dates::day(at, self.zone())),
            second_factor_missing: self.context.second_factor_missing,
            second_factor_since: self.second_factor_since(member).await?,
            new_email: new_email.filter(|email| *email != member.email),
            mails_referrals: !member.mutes(MailTopic::Referrals),
            mails_attention: member
                .rights()
                .any()
                .then(|| !member.mutes(MailTopic::Attention)),
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
            signed_in_on: dates::minute(browser.signed_in_at, self.zone()),
            signed_in_at: dates::iso(browser.signed_in_at),
        });
        Ok(views.collect())
    }

    async fn set_password(&self, member: &user::Model, current: &str, new: &str) -> Done {
        let Self { state, context } = self;
        let browser = context.browser();
        let client = context.client(&browser);
        let attempt = match self.try_password(member, client).await? {
            Ok(attempt) => attempt,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (site, typed) = (&context.site, (current, new));
        let changed = password::change(state, site, member, typed, client).await;
        match attempt.looked(changed).await? {
            Ok(member) => {
                attempt.was_right().await?;
                // The change has ended this session too.
                let kept = middleware::is_kept(&context.session).await?;
                middleware::sign_in(state, context, &member, kept).await?;
                Ok(Ok(PASSWORD_CHANGED.to_owned()))
            }
            Err(errors) => wrong_or_refused(&attempt, errors, "current").await,
        }
    }

    async fn ask_for_address(&self, member: &user::Model, email: &str, password: &str) -> Done {
        let Self { state, context } = self;
        if !state.mailer.can_send() {
            return Ok(refused(CANNOT_MAIL));
        }
        let browser = context.browser();
        let client = context.client(&browser);
        let attempt = match self.try_password(member, client).await? {
            Ok(attempt) => attempt,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let (site, typed) = (&context.site, (email, password));
        let asked = address::ask_to_change(state, site, member, typed).await;
        match attempt.looked(asked).await? {
            Ok(email) => {
                attempt.was_right().await?;
                Ok(Ok(format!(
                    "We emailed a link to {email}. Open it to use that address."
                )))
            }
            Err(errors) => wrong_or_refused(&attempt, errors, "password").await,
        }
    }

    /// Counts a password that the member types as wrong until it proves right, as for signing in:
    /// whoever has the browser may not have the password.
    pub(super) async fn try_password<'a>(
        &'a self,
        member: &'a user::Model,
        client: Client<'a>,
    ) -> anyhow::Result<Result<Attempt<'a>, Refusal>> {
        let Self { state, context } = self;
        let too_many = |refused: Refused| Refusal::message(refused.sentence());
        if let Err(refused) = state.rate_limiter.check_sign_in(client.address) {
            return Ok(Err(too_many(refused)));
        }
        let (site, account) = (&context.site, member.key());
        let begun = Attempt::begin(state, site, &account, Some(member), client).await?;
        Ok(begun.map_err(|wait| too_many(Refused::until(wait))))
    }

    async fn mail_link_again(&self, member: &user::Model) -> Done {
        let Self { state, context } = self;
        if !state.mailer.can_send() {
            return Ok(refused(CANNOT_MAIL));
        }
        let mailed = address::mail_link_again(state, &context.site, member).await?;
        Ok(match mailed {
            MailedAgain::Mailed => Ok(MAILED.to_owned()),
            MailedAgain::JustMailed => refused(JUST_MAILED),
            MailedAgain::TooMany => refused(TOO_MANY),
            MailedAgain::NothingToConfirm => refused(NOTHING_TO_CONFIRM),
        })
    }

    async fn use_link(&self, token: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(limited) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(Outcome::Refused(Refusal::message(limited.sentence())));
        }
        let browser = context.browser();
        let client = context.client(&browser);
        let confirmed = address::confirm(state, &context.site, token, client).await?;
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

/// A refusal; unless it is about the field with the current password, that was right.
pub(super) async fn wrong_or_refused(
    attempt: &Attempt<'_>,
    errors: Vec<FieldError>,
    current: &str,
) -> Done {
    match errors.iter().any(|error| error.field == current) {
        true => attempt.was_wrong(SecurityEvent::WrongPassword).await?,
        false => attempt.was_right().await?,
    }
    Ok(Err(Refusal::fields(errors)))
}

fn query(link: &UnsubscribeLink) -> unsubscribe::Query<'_> {
    unsubscribe::Query {
        member: &link.member,
        topic: &link.topic,
        key: &link.key,
    }
}

#[async_trait]
impl AccountSettings for Services {
    async fn show(&self) -> Answer<Option<OwnAccount>> {
        self.own_account().await.map_err(internal_error)
    }

    async fn change_name(&self, first_name: &str, last_name: &str) -> Answer<Outcome> {
        self.as_member(async |member| {
            let wanted = ProfileChange {
                first_name: Some(first_name),
                last_name: Some(last_name),
                ..ProfileChange::default()
            };
            let changed = profile::change(&self.state, member, wanted).await?;
            Ok(match changed {
                Ok(_) => Ok(NAME_CHANGED.to_owned()),
                Err(errors) => Err(Refusal::fields(errors)),
            })
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

    async fn save_mail_preferences(&self, referrals: bool, attention: bool) -> Answer<Outcome> {
        self.as_member(async |member| {
            let tx = self.state.db.begin().await?;
            let mut topics = vec![(MailTopic::Referrals, referrals)];
            // The form of who is no admin does not have the second choice.
            if member.rights().any() {
                topics.push((MailTopic::Attention, attention));
            }
            for (topic, wanted) in topics {
                users::set_muted(&tx, member.site_id, member.id, topic, !wanted).await?;
            }
            tx.commit().await?;
            Ok(Ok(SAVED.to_owned()))
        })
        .await
    }

    async fn is_unsubscribe_link(&self, link: &UnsubscribeLink) -> Answer<bool> {
        let Self { state, context } = self;
        let found = unsubscribe::find(state, &context.site, query(link)).await;
        Ok(found.map_err(internal_error)?.is_some())
    }

    async fn unsubscribe(&self, link: &UnsubscribeLink) -> Answer<Outcome> {
        let Self { state, context } = self;
        let done = unsubscribe::unsubscribe(state, &context.site, query(link)).await;
        Ok(match done.map_err(internal_error)? {
            true => Outcome::Done(UNSUBSCRIBED.to_owned()),
            false => Outcome::Refused(Refusal::message(INCOMPLETE)),
        })
    }

    async fn sign_out_device(&self, id: &str) -> Answer<Outcome> {
        self.as_member(async |member| {
            // A device that is already gone is signed out, so this is not an error.
            if let Ok(id) = id.parse() {
                let (db, id) = (self.state.db.writer(), ApiTokenId::new(id));
                api_tokens::revoke(db, member.site_id, member.id, id).await?;
            }
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
