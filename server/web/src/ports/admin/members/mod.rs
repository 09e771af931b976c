//! Members as an admin finds them.

mod list;
mod one;
mod sale;

use app::{
    ports::{AdminMembers, Answer},
    types::{
        Outcome,
        admin::{MemberPage, MemberRow, MembersPage},
    },
};
use async_trait::async_trait;
use server_core::dates;
use store::{entities::user, Role::Admin};

use crate::ports::{Services, broken};

#[async_trait]
impl AdminMembers for Services {
    async fn list(&self, text: &str, before: Option<i64>) -> Answer<MembersPage> {
        list::page(self, text, before).await.map_err(broken)
    }

    async fn one(&self, id: i64) -> Answer<Option<MemberPage>> {
        one::page(self, id).await.map_err(broken)
    }

    async fn record_sale(&self, member_id: MemberId, product_id: ProductId, token: &str) -> Answer<Outcome> {
        sale::record(self, member_id, product_id, token)
            .await
            .map_err(broken)
    }
}

fn name(member: &user::Model) -> String {
    format!("{} {}", member.first_name, member.last_name)
}

fn row(member: &user::Model) -> MemberRow {
    MemberRow {
        id: member.id,
        name: name(member),
        email: member.email.clone(),
        admin: member.role == ADMIN,
        joined_on: dates::day(member.created_at),
    }
}
