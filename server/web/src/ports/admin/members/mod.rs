//! The console's members: the list, one member, and counter sales.

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
use domain::account::Role;
use server_core::dates;
use store::{MemberId, ProductId, entities::user};

use crate::ports::{Services, internal_error};

#[async_trait]
impl AdminMembers for Services {
    async fn list(&self, text: &str, before: Option<i64>) -> Answer<MembersPage> {
        list::page(self, text, before).await.map_err(internal_error)
    }

    async fn one(&self, id: i64) -> Answer<Option<MemberPage>> {
        one::page(self, MemberId::new(id))
            .await
            .map_err(internal_error)
    }

    async fn record_sale(&self, member_id: i64, product_id: i64, token: &str) -> Answer<Outcome> {
        sale::record(
            self,
            MemberId::new(member_id),
            ProductId::new(product_id),
            token,
        )
        .await
        .map_err(internal_error)
    }
}

fn name(member: &user::Model) -> String {
    format!("{} {}", member.first_name, member.last_name)
}

fn row(member: &user::Model) -> MemberRow {
    MemberRow {
        id: member.id.get(),
        name: name(member),
        email: member.email.clone(),
        admin: member.role == Role::Admin,
        joined_on: dates::day(member.created_at),
    }
}
