//! The port behind Site Settings.

mod account;
mod amounts;
mod api_docs;
pub mod audit;
mod endpoint;
mod friends;
mod rewards;
mod save;
pub mod security;
mod signing_secrets;
mod stripe;
mod unmatched;
mod view;

use app::{
    ports::{Answer, Settings},
    types::{
        Outcome,
        admin::{
            AuditPage, PaymentSettings, SecurityPage, SettingsForm, StripeForm, UnmatchedPayment,
        },
    },
};
use async_trait::async_trait;
use domain::{credit::Program, log_filter::LogFilter};
use services::{rights::ManageSettings, settings};

use super::not_yours;
use crate::ports::{Services, internal_error};

#[async_trait]
impl Settings for Services {
    async fn payments(&self) -> Answer<PaymentSettings> {
        view::payments(self).await.map_err(internal_error)
    }

    async fn save(&self, form: SettingsForm) -> Answer<Outcome> {
        self.with_recent_password(save::save(self, &form, None))
            .await
    }

    async fn minimum_age(&self) -> Answer<Option<String>> {
        let years = |years: i64| years.to_string();
        Ok(self.context.tenant_staff::<ManageSettings>().map(|staff| {
            let minimum = staff.site.settings.minimum_age;
            minimum.map_or_else(String::new, years)
        }))
    }

    async fn save_minimum_age(&self, typed: &str) -> Answer<Outcome> {
        let Some(staff) = self.context.tenant_staff() else {
            return Ok(not_yours());
        };
        let saved = settings::save_minimum_age(&self.state, &staff, typed).await;
        Ok(match saved.map_err(internal_error)? {
            Ok(()) => Outcome::Done("Minimum age saved.".to_owned()),
            Err(refusal) => Outcome::Refused(refusal),
        })
    }

    async fn connect_stripe(&self, program: Program, form: StripeForm) -> Answer<Outcome> {
        self.with_recent_password(stripe::connect(self, program, &form))
            .await
    }

    async fn test_stripe(&self, program: Program) -> Answer<Outcome> {
        stripe::test(self, program).await.map_err(internal_error)
    }

    async fn create_webhook_endpoint(&self, program: Program) -> Answer<Outcome> {
        self.with_recent_password(endpoint::create(self, program))
            .await
    }

    async fn disconnect_stripe(&self, program: Program, version: &str) -> Answer<Outcome> {
        self.with_recent_password(stripe::disconnect(self, program, version))
            .await
    }

    async fn remove_signing_secret(
        &self,
        program: Program,
        place: &str,
        version: &str,
    ) -> Answer<Outcome> {
        self.with_recent_password(signing_secrets::remove(self, program, place, version))
            .await
    }

    async fn unmatched(&self) -> Answer<Vec<UnmatchedPayment>> {
        unmatched::list(self).await.map_err(internal_error)
    }

    async fn record_unmatched(&self, event: i64, email: &str) -> Answer<Outcome> {
        unmatched::record(self, event, email)
            .await
            .map_err(internal_error)
    }

    async fn dismiss_unmatched(&self, program: Program, event: i64) -> Answer<Outcome> {
        unmatched::dismiss(self, program, event)
            .await
            .map_err(internal_error)
    }

    async fn audit(&self, filter: &LogFilter, before: Option<i64>) -> Answer<AuditPage> {
        audit::shown(self, filter, before)
            .await
            .map_err(internal_error)
    }

    async fn count_confirmed_friends(&self, only: bool) -> Answer<Outcome> {
        self.with_recent_password(friends::count(self, only)).await
    }

    async fn show_api_docs(&self, shown: bool) -> Answer<Outcome> {
        api_docs::show(self, shown).await.map_err(internal_error)
    }

    async fn security(&self, filter: &LogFilter, before: Option<i64>) -> Answer<SecurityPage> {
        security::page(self, filter, before)
            .await
            .map_err(internal_error)
    }
}
