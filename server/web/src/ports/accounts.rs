//! Accounts on the web: registering and signing in begin a session and lead to a page; a link in a
//! mail resets a password.

use app::{
    ports::{Accounts, Answer},
    types::{Outcome, ResetLink, local},
};
use async_trait::async_trait;
use domain::{
    forms::{Refusal, RegistrationForm, read_account_email},
    referral::Attribution,
};
use server_core::dates;
use services::accounts::{
    NOT_HERE, Registered, register,
    reset::{self, Reset},
    sign_ins, taken,
};
use store::{MemberId, entities::user, notifications};

use crate::{
    middleware::{self, Refused},
    network::network_of,
    ports::{Services, internal_error},
    sign_in::{SignedIn, WRONG, sign_in},
};

/// The answer to everybody who asks for a link, so that nobody learns who has an account.
const MAILED: &str = "If there is an account with this address, a link is on its way to it. \
    Look into the spam folder too.";
const CHANGED: &str = "Your password was changed. Sign in with the new one.";
const LINK_ENDED: &str = "This link does not work any more. Ask for a new one.";
const FREE: &str = "The address is yours again. Register with it now.";
const CANNOT_MAIL: &str = "This site cannot send email. Ask the staff to help you.";

impl Services {
    async fn register_here(&self, form: &RegistrationForm, next: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_registration(context.address) {
            return Ok(too_many(refused));
        }
        let click = middleware::remembered_click(state, context).await?;
        let click = click.as_ref();
        let registered = register(state, &context.site, form, click, &context.base_url).await?;
        match registered {
            Registered::NotHere => Ok(Outcome::Refused(Refusal::message(NOT_HERE))),
            Registered::Taken => Ok(Outcome::Refused(Refusal::fields(vec![taken()]))),
            Registered::Refused(errors) => Ok(Outcome::Refused(Refusal::fields(errors))),
            Registered::Member { user, attribution } => {
                middleware::forget_code(context)?;
                middleware::sign_in(context, &user, state.now()).await?;
                if let Attribution::Ignored(ignored) = attribution {
                    self.tell(user.id, ignored.sentence()).await?;
                }
                Ok(self.go(next))
            }
        }
    }

    async fn tell(&self, user_id: MemberId, text: &str) -> anyhow::Result<()> {
        let (db, now) = (self.state.db.writer(), self.state.now());
        notifications::insert(db, self.context.site.id(), user_id, None, text, now).await?;
        Ok(())
    }

    async fn sign_in_here(
        &self,
        email: &str,
        password: &str,
        next: &str,
    ) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        match sign_in(state, &context.site, context.address, email, password).await? {
            SignedIn::TooMany(refused) => Ok(too_many(refused)),
            SignedIn::Wrong => Ok(Outcome::Refused(Refusal::message(WRONG))),
            SignedIn::Member(user) => {
                middleware::sign_in(context, &user, state.now()).await?;
                self.tell_admin(&user).await?;
                Ok(self.go(next))
            }
        }
    }

    async fn tell_admin(&self, user: &user::Model) -> anyhow::Result<()> {
        let Self { state, context } = self;
        let network = network_of(context.address).to_string();
        let browser = context.browser();
        let by = (browser.as_str(), network.as_str());
        sign_ins::tell_admin(state, &context.site, user, by, &context.base_url).await
    }

    async fn forgot_here(&self, typed: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if !state.mailer.can_send() {
            return Ok(Outcome::Refused(Refusal::message(CANNOT_MAIL)));
        }
        if let Err(refused) = state.rate_limiter.check_reset(context.address) {
            return Ok(too_many(refused));
        }
        let email = match read_account_email(typed) {
            Ok(email) => email,
            Err(error) => return Ok(Outcome::Refused(Refusal::fields(vec![error]))),
        };
        reset::ask(state, &context.site, &email, &context.base_url).await?;
        Ok(Outcome::Done(MAILED.to_owned()))
    }

    async fn reset_here(&self, token: &str, password: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(too_many(refused));
        }
        Ok(
            match reset::reset(state, &context.site, token, password).await? {
                Reset::Done(member) => {
                    let account = &member.email_account;
                    let limiter = &state.rate_limiter;
                    limiter.clear_failures(context.site.id(), account, context.address);
                    Outcome::Done(CHANGED.to_owned())
                }
                Reset::LinkEnded => Outcome::Refused(Refusal::message(LINK_ENDED)),
                Reset::Refused(error) => Outcome::Refused(Refusal::fields(vec![error])),
            },
        )
    }

    /// Where to go after signing in: a path of this site, whatever was sent.
    fn go(&self, next: &str) -> Outcome {
        let kind = *self.context.site.row.kind;
        Outcome::Go(local::path(next).unwrap_or(kind.home()).to_owned())
    }
}

fn too_many(refused: Refused) -> Outcome {
    Outcome::Refused(Refusal::message(refused.sentence()))
}

#[async_trait]
impl Accounts for Services {
    async fn register(&self, form: RegistrationForm, next: &str) -> Answer<Outcome> {
        self.register_here(&form, next)
            .await
            .map_err(internal_error)
    }

    async fn sign_in(&self, email: &str, password: &str, next: &str) -> Answer<Outcome> {
        self.sign_in_here(email, password, next)
            .await
            .map_err(internal_error)
    }

    async fn sign_out(&self) -> Answer<Outcome> {
        middleware::sign_out(&self.context)
            .await
            .map_err(internal_error)?;
        Ok(Outcome::Go("/".to_owned()))
    }

    fn can_mail(&self) -> bool {
        self.state.mailer.can_send()
    }

    async fn forgot_password(&self, email: &str) -> Answer<Outcome> {
        self.forgot_here(email).await.map_err(internal_error)
    }

    async fn reset_link(&self, token: &str) -> Answer<Option<ResetLink>> {
        let Self { state, context } = self;
        let member = reset::member_of_link(state, &context.site, token).await;
        let link = |member: user::Model| ResetLink {
            unconfirmed: member.email_confirmed_at.is_none().then(|| {
                let name = format!("{} {}", member.first_name, member.last_name);
                (name, dates::day(member.created_at))
            }),
        };
        Ok(member.map_err(internal_error)?.map(link))
    }

    async fn take_back_address(&self, token: &str) -> Answer<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(too_many(refused));
        }
        let taken = reset::take_back(state, &context.site, token).await;
        Ok(match taken.map_err(internal_error)? {
            true => Outcome::Done(FREE.to_owned()),
            false => Outcome::Refused(Refusal::message(LINK_ENDED)),
        })
    }

    async fn reset_password(&self, token: &str, password: &str) -> Answer<Outcome> {
        self.reset_here(token, password)
            .await
            .map_err(internal_error)
    }
}
