//! Members as an admin finds them.

use app::{
    ports::{AdminMembers, Answer, Broken},
    types::{
        Outcome,
        admin::{MemberPage, MembersPage},
    },
};
use async_trait::async_trait;

use crate::services::Services;

#[async_trait]
impl AdminMembers for Services {
    async fn list(&self, _text: &str, _before: Option<i64>) -> Answer<MembersPage> {
        Err(Broken)
    }

    async fn one(&self, _id: i64) -> Answer<Option<MemberPage>> {
        Err(Broken)
    }

    async fn record_sale(
        &self,
        _member_id: i64,
        _product_id: i64,
        _token: &str,
    ) -> Answer<Outcome> {
        Err(Broken)
    }
}
