//! Referrals of both programs.

use app::{
    ports::{AdminReferrals, Answer, Broken},
    types::{
        Outcome,
        admin::{ReferralFilter, ReferralStory, ReferralsPage},
    },
};
use async_trait::async_trait;
use domain::Program;

use crate::services::Services;

#[async_trait]
impl AdminReferrals for Services {
    async fn page(
        &self,
        _filter: ReferralFilter,
        _left_out: Vec<String>,
    ) -> Answer<Option<ReferralsPage>> {
        Err(Broken)
    }

    async fn story(&self, _program: Program, _id: i64) -> Answer<Option<ReferralStory>> {
        Err(Broken)
    }

    async fn retry(&self, _program: Program, _ids: Vec<i64>) -> Answer<Outcome> {
        Err(Broken)
    }
}
