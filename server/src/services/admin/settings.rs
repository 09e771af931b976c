//! Site Settings.

use app::{
    ports::{Answer, Broken, Settings},
    types::{
        Outcome,
        admin::{AuditPage, PaymentSettings, SettingsForm, StripeForm},
    },
};
use async_trait::async_trait;
use domain::Program;

use crate::services::Services;

#[async_trait]
impl Settings for Services {
    async fn payments(&self) -> Answer<PaymentSettings> {
        Err(Broken)
    }

    async fn save(&self, _form: SettingsForm) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn connect_stripe(&self, _program: Program, _form: StripeForm) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn test_stripe(&self, _program: Program) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn disconnect_stripe(&self, _program: Program, _version: &str) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn audit(&self, _before: Option<i64>) -> Answer<AuditPage> {
        Err(Broken)
    }
}
