//! Accounts on the web: registering and signing in begin a session and lead to a page; a link in a
//! mail resets a password.

use app::{
    pages::with_next,
    ports::{Accounts, Answer},
    types::{Outcome, ResetLink, local},
};
use async_trait::async_trait;
use domain::{
    account::CODE_AWAITED_FOR,
    forms::{FieldError, Refusal, RegistrationForm, read_account_email},
    preview::shown_name,
    referral::{Attribution, codes_in},
};
use server_core::dates;
use services::{
    accounts::{
        NOT_HERE, ReferredBy, Registered, SignedIn, register,
        reset::{self, Reset},
        second_factor, security_log, taken,
    },
    referrals::{self, ReferralClick},
};
use store::{MemberId, entities::user, notifications, users};

use crate::{
    middleware::{self, Memory, Refused, SigningIn},
    ports::{CANNOT_MAIL, Services, internal_error},
    sign_in::{BLOCKED, WRONG, WRONG_CODE, enter_code, sign_in},
};

/// The answer to everybody who asks for a link, so that nobody learns who has an account.
const MAILED: &str = "If there is an account with this address, a link is on its way to it. \
    Check your spam folder too.";
const CHANGED: &str = "Your password was changed. Sign in with the new one.";
const LINK_ENDED: &str = "This link no longer works. Ask for a new one.";
const FREE: &str = "The address is yours again. Register with it now.";

impl Services {
    async fn register_here(
        &self,
        form: &RegistrationForm,
        referred_by: &str,
        next: &str,
    ) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_registration(context.address) {
            return Ok(too_many(refused));
        }
        let click = self.click_or_typed(referred_by).await?;
        let referred_by = ReferredBy {
            click: click.as_ref(),
            words: referred_by,
        };
        let registered = register(state, &context.site, form, referred_by).await?;
        match registered {
            Registered::NotHere => Ok(Outcome::Refused(Refusal::message(NOT_HERE))),
            Registered::Taken => Ok(Outcome::Refused(Refusal::fields(vec![taken()]))),
            Registered::Refused(errors) => Ok(Outcome::Refused(Refusal::fields(errors))),
            Registered::Member { user, attribution } => {
                middleware::forget_code(context)?;
                let browser = context.browser();
                security_log::registered(state, &user, context.client(&browser)).await?;
                middleware::sign_in(state, context, &user, false).await?;
                self.welcome(&attribution).await?;
                if let Attribution::Ignored(ignored) = attribution {
                    self.tell(user.id, ignored.sentence()).await?;
                }
                Ok(self.go(next))
            }
        }
    }

    /// Has the next page welcome the new member (`docs/rules.md` 200).
    async fn welcome(&self, attribution: &Attribution<MemberId>) -> anyhow::Result<()> {
        let (db, site) = (self.state.db.reader(), self.context.site.id());
        let inviter = match attribution {
            Attribution::Linked { referrer_id } => users::by_id(db, site, *referrer_id).await?,
            Attribution::None | Attribution::Ignored(_) => None,
        };
        let name = inviter.and_then(|inviter| shown_name(&inviter.first_name));
        let name = name.unwrap_or_default();
        self.context
            .visitor
            .update(|memory| memory.welcome = Some(name))
    }

    /// The link that brought the visitor; where none counts, the code that they typed, if that does. A name may look
    /// like a code: `Margaret`.
    async fn click_or_typed(&self, referred_by: &str) -> anyhow::Result<Option<ReferralClick>> {
        let Self { state, context } = self;
        if let Some(click) = middleware::counting_click(state, context).await? {
            return Ok(Some(click));
        }
        let db = state.db.reader();
        let codes = codes_in(referred_by);
        let owner = referrals::owner_of(db, context.site.id(), &codes).await?;
        if let Some(code) = owner.and_then(|owner| owner.referral_code) {
            return Ok(Some(ReferralClick {
                code,
                ..ReferralClick::typed(referred_by)
            }));
        }
        middleware::remembered_click(state, context).await
    }

    async fn tell(&self, user_id: MemberId, text: &str) -> anyhow::Result<()> {
        let (db, now) = (self.state.db.writer(), self.state.now());
        notifications::insert(db, self.context.site.id(), user_id, None, text, now).await?;
        Ok(())
    }

    async fn sign_in_here(
        &self,
        (email, password): (&str, &str),
        keep: bool,
        next: &str,
    ) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        let browser = context.browser();
        let (client, typed) = (context.client(&browser), (email, password));
        let found = sign_in(state, &context.site, typed, client).await?;
        match found {
            Err(refused) => Ok(too_many(refused)),
            Ok(SignedIn::Wrong) => Ok(Outcome::Refused(Refusal::message(WRONG))),
            Ok(SignedIn::Blocked) => Ok(Outcome::Refused(Refusal::message(BLOCKED))),
            Ok(SignedIn::NeedsCode(member)) => {
                let signing_in = SigningIn {
                    member: member.id,
                    session_version: member.session_version,
                    keep,
                    at: state.now(),
                };
                let remember = |memory: &mut Memory| memory.signing_in = Some(signing_in);
                context.visitor.update(remember)?;
                Ok(Outcome::Go(with_next("/sign-in/code", next)))
            }
            Ok(SignedIn::Member(member)) => {
                middleware::sign_in(state, context, &member, keep).await?;
                Ok(self.go(next))
            }
        }
    }

    /// The member who typed the right password in this browser a moment ago, and whether they asked to
    /// be kept signed in.
    async fn signing_in(&self) -> anyhow::Result<Option<(user::Model, bool)>> {
        let Self { state, context } = self;
        let Some(begun) = context.visitor.get()?.signing_in else {
            return Ok(None);
        };
        if state.now() - begun.at > CODE_AWAITED_FOR {
            return Ok(None);
        }
        let member = users::by_id(state.db.reader(), context.site.id(), begun.member).await?;
        let member = member.filter(|member| member.accepts(begun.session_version));
        Ok(member.map(|member| (member, begun.keep)))
    }

    async fn enter_code_here(&self, code: &str, next: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        let Some((member, keep)) = self.signing_in().await? else {
            return Ok(Outcome::Go(with_next("/sign-in", next)));
        };
        let browser = context.browser();
        let client = context.client(&browser);
        let entered = enter_code(state, &context.site, &member, code, client).await?;
        match entered {
            Err(refused) => Ok(too_many(refused)),
            Ok(false) => {
                let wrong = FieldError::new("code", WRONG_CODE);
                Ok(Outcome::Refused(Refusal::fields(vec![wrong])))
            }
            Ok(true) => {
                context.visitor.update(|memory| memory.signing_in = None)?;
                middleware::sign_in(state, context, &member, keep).await?;
                Ok(self.go(next))
            }
        }
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
        reset::ask(state, &context.site, &email).await?;
        Ok(Outcome::Done(MAILED.to_owned()))
    }

    async fn reset_here(&self, token: &str, password: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(too_many(refused));
        }
        let browser = context.browser();
        let (client, typed) = (context.client(&browser), (token, password));
        let reset = reset::reset(state, &context.site, typed, client).await?;
        Ok(match reset {
            Reset::Done(member) => {
                // Whoever guesses elsewhere does not keep the member from signing in now. With a second
                // factor only its code makes a browser known: otherwise whoever reads the mail could
                // try codes without an end.
                if second_factor::of(state, &member).await?.is_none() {
                    middleware::know_browser(state, context, &member).await?;
                }
                Outcome::Done(CHANGED.to_owned())
            }
            Reset::LinkEnded => Outcome::Refused(Refusal::message(LINK_ENDED)),
            Reset::Refused(error) => Outcome::Refused(Refusal::fields(vec![error])),
        })
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
    async fn register(
        &self,
        form: RegistrationForm,
        referred_by: &str,
        next: &str,
    ) -> Answer<Outcome> {
        self.register_here(&form, referred_by, next)
            .await
            .map_err(internal_error)
    }

    async fn sign_in(
        &self,
        (email, password): (&str, &str),
        keep: bool,
        next: &str,
    ) -> Answer<Outcome> {
        self.sign_in_here((email, password), keep, next)
            .await
            .map_err(internal_error)
    }

    async fn awaits_code(&self) -> Answer<bool> {
        let member = self.signing_in().await.map_err(internal_error)?;
        Ok(member.is_some())
    }

    async fn enter_code(&self, code: &str, next: &str) -> Answer<Outcome> {
        self.enter_code_here(code, next)
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
                (name, dates::day(member.created_at, self.zone()))
            }),
        };
        Ok(member.map_err(internal_error)?.map(link))
    }

    async fn take_back_address(&self, token: &str) -> Answer<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_sign_in(context.address) {
            return Ok(too_many(refused));
        }
        let browser = context.browser();
        let client = context.client(&browser);
        let taken = reset::take_back(state, &context.site, token, client).await;
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
