//! The second factor of a member's account, and whether a site requires one of its admins.

use app::{
    ports::{Answer, SecondFactor},
    types::{FactorSetup, Outcome},
};
use async_trait::async_trait;
use domain::{
    account::Permission,
    forms::{FieldError, Refusal},
};
use server_core::dates;
use services::accounts::second_factor;
use store::entities::user;

use super::{
    Services,
    account_settings::Done,
    admin::{mail::own_site, not_yours},
    internal_error,
};
use crate::{middleware::Refused, sign_in::WRONG_CODE};

const SETUP_PAGE: &str = "/account/second-factor";
const IS_ON: &str = "Your second factor is on. From now on, signing in takes a code.";
const IS_OFF: &str = "Your second factor is off.";
const REQUIRED: &str = "Everybody who opens the console needs a second factor from now on.";
const NOT_REQUIRED: &str = "The console opens without a second factor.";
const FIRST_YOURS: &str =
    "Set up a second factor in your own account first, or you could not open this page anymore.";

impl Services {
    /// `November 22, 2026`; `None` if there is none.
    pub(super) async fn second_factor_since(
        &self,
        member: &user::Model,
    ) -> anyhow::Result<Option<String>> {
        let factor = second_factor::of(&self.state, member).await?;
        let since = factor.and_then(|factor| factor.confirmed_at);
        Ok(since.map(|since| dates::day(since, self.zone())))
    }

    async fn begin_here(&self, typed: &str) -> anyhow::Result<Outcome> {
        let Some(member) = &self.context.user else {
            return Ok(Outcome::Go("/sign-in?next=/account".to_owned()));
        };
        if let Some(refusal) = self.check_password(member, typed).await? {
            return Ok(Outcome::Refused(refusal));
        }
        if second_factor::of(&self.state, member).await?.is_some() {
            return Ok(Outcome::Done(IS_ON.to_owned()));
        }
        second_factor::begin(&self.state, member).await?;
        Ok(Outcome::Go(SETUP_PAGE.to_owned()))
    }

    async fn confirm_here(&self, member: &user::Model, code: &str) -> Done {
        let Self { state, context } = self;
        let browser = context.browser();
        let client = context.client(&browser);
        let confirmed = second_factor::confirm(state, &context.site, member, code, client).await?;
        Ok(match confirmed {
            true => Ok(IS_ON.to_owned()),
            false => Err(Refusal::fields(vec![FieldError::new("code", WRONG_CODE)])),
        })
    }

    async fn remove_here(&self, member: &user::Model, password: &str, code: &str) -> Done {
        if let Some(refusal) = self.check_password(member, password).await? {
            return Ok(Err(refusal));
        }
        let Self { state, context } = self;
        let browser = context.browser();
        let client = context.client(&browser);
        let removed = second_factor::remove(state, &context.site, member, code, client).await?;
        Ok(match removed {
            Ok(true) => Ok(IS_OFF.to_owned()),
            Ok(false) => Err(Refusal::fields(vec![FieldError::new("code", WRONG_CODE)])),
            Err(wait) => Err(Refusal::message(Refused::until(wait).sentence())),
        })
    }

    async fn setup_here(&self) -> anyhow::Result<Option<FactorSetup>> {
        let Self { state, context } = self;
        let Some(member) = &context.user else {
            return Ok(None);
        };
        let setup = second_factor::setup(state, &context.site, member).await?;
        Ok(setup.map(|setup| FactorSetup {
            secret: setup.secret,
            qr_code: setup.qr_code,
            recovery_codes: setup.recovery_codes,
        }))
    }

    async fn require_here(&self, required: bool) -> anyhow::Result<Outcome> {
        let Self { state, context } = self;
        let own = own_site(context, Permission::ManageTeam);
        let (Some(_), Some(member)) = (own, &context.user) else {
            return Ok(not_yours());
        };
        if let Some(refusal) = self.not_recent().await? {
            return Ok(Outcome::Refused(refusal));
        }
        if required && second_factor::of(state, member).await?.is_none() {
            return Ok(Outcome::Refused(Refusal::message(FIRST_YOURS)));
        }
        second_factor::require(state, &context.site, member, required).await?;
        let notice = if required { REQUIRED } else { NOT_REQUIRED };
        Ok(Outcome::Done(notice.to_owned()))
    }
}

#[async_trait]
impl SecondFactor for Services {
    async fn begin(&self, password: &str) -> Answer<Outcome> {
        self.begin_here(password).await.map_err(internal_error)
    }

    async fn setup(&self) -> Answer<Option<FactorSetup>> {
        self.setup_here().await.map_err(internal_error)
    }

    async fn confirm(&self, code: &str) -> Answer<Outcome> {
        self.as_member(async |member| self.confirm_here(member, code).await)
            .await
    }

    async fn remove(&self, password: &str, code: &str) -> Answer<Outcome> {
        self.as_member(async |member| self.remove_here(member, password, code).await)
            .await
    }

    async fn require(&self, required: bool) -> Answer<Outcome> {
        self.require_here(required).await.map_err(internal_error)
    }
}
