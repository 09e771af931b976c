//! A password that was typed a short time ago, which the console asks for before keys, amounts and
//! whom money goes to are changed.

use app::{
    ports::{Answer, RecentPassword},
    types::Outcome,
};
use async_trait::async_trait;
use domain::{
    account::{is_asked, is_recent},
    forms::{FieldError, Refusal},
};
use services::accounts::password;
use store::entities::user;
use time::Duration;

use super::{Services, account_settings::wrong_or_refused, internal_error};
use crate::middleware::{password_at, set_password_at};

const NOT_RECENT: &str = "It is an hour since you typed your password, so nothing was changed. Reload \
    this page in another tab, type it there, and send this form again.";
const TYPED: &str = "Thank you. You can change this page for an hour.";

impl Services {
    /// The refusal of a form that needs a recent password; `None` if it was typed a short time ago.
    pub(super) async fn not_recent(&self) -> anyhow::Result<Option<Refusal>> {
        let recent = is_recent(self.since_password().await?);
        Ok((!recent).then(|| Refusal::message(NOT_RECENT)))
    }

    /// Does what needs a recent password, or refuses.
    pub(in crate::ports) async fn with_recent_password(
        &self,
        change: impl Future<Output = anyhow::Result<Outcome>>,
    ) -> Answer<Outcome> {
        match self.not_recent().await.map_err(internal_error)? {
            Some(refusal) => Ok(Outcome::Refused(refusal)),
            None => change.await.map_err(internal_error),
        }
    }

    async fn since_password(&self) -> anyhow::Result<Option<Duration>> {
        let typed_at = password_at(&self.context.session).await?;
        Ok(typed_at.map(|typed_at| self.state.now() - typed_at))
    }

    /// Whether the member knows the password; a refusal if not.
    pub(super) async fn check_password(
        &self,
        member: &user::Model,
        typed: &str,
    ) -> anyhow::Result<Option<Refusal>> {
        let browser = self.context.browser();
        let client = self.context.client(&browser);
        let attempt = match self.try_password(member, client).await? {
            Ok(attempt) => attempt,
            Err(refusal) => return Ok(Some(refusal)),
        };
        let looked = password::is_password(&self.state, member, typed).await;
        if attempt.looked(looked).await? {
            attempt.was_right().await?;
            return Ok(None);
        }
        let wrong = FieldError::new("password", password::WRONG_PASSWORD);
        let refused = wrong_or_refused(&attempt, vec![wrong], "password").await?;
        Ok(refused.err())
    }

    async fn type_password(&self, typed: &str) -> anyhow::Result<Outcome> {
        let Some(member) = &self.context.user else {
            return Ok(Outcome::Go("/sign-in?next=/account".to_owned()));
        };
        if let Some(refusal) = self.check_password(member, typed).await? {
            return Ok(Outcome::Refused(refusal));
        }
        set_password_at(&self.context.session, self.state.now()).await?;
        Ok(Outcome::Done(TYPED.to_owned()))
    }
}

#[async_trait]
impl RecentPassword for Services {
    async fn is_asked(&self) -> Answer<bool> {
        let since = self.since_password().await.map_err(internal_error)?;
        Ok(is_asked(since))
    }

    async fn type_password(&self, password: &str) -> Answer<Outcome> {
        Services::type_password(self, password)
            .await
            .map_err(internal_error)
    }
}
