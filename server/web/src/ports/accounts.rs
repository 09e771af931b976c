//! Accounts on the web: registering and signing in begin a session and lead to a page.

use app::{
    ports::{Accounts, Answer},
    types::{Outcome, local},
};
use async_trait::async_trait;
use domain::{
    forms::{Refusal, RegistrationForm},
    referral::Attribution,
};
use services::accounts::{NOT_HERE, Registered, register, taken};
use store::{MemberId, notifications};

use crate::{
    middleware::{self, Refused},
    ports::{Services, internal_error},
    sign_in::{SignedIn, WRONG, sign_in},
};

impl Services {
    async fn register_here(&self, form: &RegistrationForm, next: &str) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        if let Err(refused) = state.rate_limiter.check_registration(context.address) {
            return Ok(too_many(refused));
        }
        let click = middleware::remembered_click(state, context).await?;
        match register(state, &context.site, form, click.as_ref()).await? {
            Registered::NotHere => Ok(Outcome::Refused(Refusal::message(NOT_HERE))),
            Registered::Taken => Ok(Outcome::Refused(Refusal::fields(vec![taken()]))),
            Registered::Refused(errors) => Ok(Outcome::Refused(Refusal::fields(errors))),
            Registered::Member { user, attribution } => {
                middleware::forget_code(context)?;
                middleware::sign_in(&context.session, &user).await?;
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
                middleware::sign_in(&context.session, &user).await?;
                Ok(self.go(next))
            }
        }
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

    async fn devices(&self) -> Answer<Vec<app::types::Device>> {
        self.my_devices().await.map_err(internal_error)
    }

    async fn sign_out_device(&self, id: i64) -> Answer<Outcome> {
        self.end_device(id).await.map_err(internal_error)
    }
}
