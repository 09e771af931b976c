//! Platform referrers.

use app::{
    ports::{Answer, Broken, Partners},
    types::{Outcome, admin::Partner},
};
use async_trait::async_trait;

use crate::services::Services;

#[async_trait]
impl Partners for Services {
    async fn list(&self) -> Answer<Vec<Partner>> {
        Err(Broken)
    }

    async fn add(&self, _name: &str, _email: &str) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn change(&self, _id: i64, _name: &str, _email: &str, _version: &str) -> Answer<Outcome> {
        Err(Broken)
    }

    async fn set_disabled(&self, _id: i64, _disabled: bool, _version: &str) -> Answer<Outcome> {
        Err(Broken)
    }
}
