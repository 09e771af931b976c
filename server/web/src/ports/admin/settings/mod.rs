//! The port behind Site Settings.

mod audit;
mod save;
mod stripe;
mod unmatched;
mod view;

use app::{
    ports::{Answer, Settings},
    types::{
        Outcome,
        admin::{AuditPage, PaymentSettings, SettingsForm, StripeForm, UnmatchedPayment},
    },
};
use async_trait::async_trait;
use domain::credit::Program;

use crate::ports::{Services, broken};

#[async_trait]
impl Settings for Services {
    async fn payments(&self) -> Answer<PaymentSettings> {
        view::payments(self).await.map_err(broken)
    }

    async fn save(&self, form: SettingsForm) -> Answer<Outcome> {
        save::save(self, &form).await.map_err(broken)
    }

    async fn connect_stripe(&self, program: Program, form: StripeForm) -> Answer<Outcome> {
        stripe::connect(self, program, &form).await.map_err(broken)
    }

    async fn test_stripe(&self, program: Program) -> Answer<Outcome> {
        stripe::test(self, program).await.map_err(broken)
    }

    async fn disconnect_stripe(&self, program: Program, version: &str) -> Answer<Outcome> {
        stripe::disconnect(self, program, version)
            .await
            .map_err(broken)
    }

    async fn unmatched(&self) -> Answer<Vec<UnmatchedPayment>> {
        unmatched::list(self).await.map_err(broken)
    }

    async fn record_unmatched(&self, event: i64, email: &str) -> Answer<Outcome> {
        unmatched::record(self, event, email).await.map_err(broken)
    }

    async fn dismiss_unmatched(&self, program: Program, event: i64) -> Answer<Outcome> {
        unmatched::dismiss(self, program, event)
            .await
            .map_err(broken)
    }

    async fn audit(&self, before: Option<i64>) -> Answer<AuditPage> {
        audit::page(self, before).await.map_err(broken)
    }
}
