//! The console's members: the list, one member, counter sales, and who is kept out.

mod attach;
mod billing;
mod credit;
mod door;
mod erase;
pub mod list;
mod moves;
mod one;
mod sale;
mod undo;

use app::{
    ports::{AdminMembers, Answer},
    types::{
        Outcome,
        admin::{
            ErasePage, MemberCredit, MemberPage, MemberPlaces, MemberRow, MembersPage, SaleForm,
            SharedAddresses,
        },
    },
};
use async_trait::async_trait;
use domain::account::shown_address;
use server_core::{dates, zone::Zone};
use services::accounts::block::Door;
use store::{MemberId, PurchaseId, entities::user};

use crate::ports::{Services, admin::shared_addresses, internal_error};

pub(super) use undo::complaint;

#[async_trait]
impl AdminMembers for Services {
    async fn list(&self, text: &str, before: Option<i64>) -> Answer<MembersPage> {
        list::page(self, text, before).await.map_err(internal_error)
    }

    async fn shared_addresses(&self, after: Option<i64>) -> Answer<SharedAddresses> {
        let page = shared_addresses::of_members(self, after).await;
        page.map_err(internal_error)
    }

    async fn has_shared_addresses(&self) -> Answer<bool> {
        let any = shared_addresses::any_of_members(self).await;
        any.map_err(internal_error)
    }

    async fn one(&self, id: i64, places: MemberPlaces) -> Answer<Option<MemberPage>> {
        one::page(self, MemberId::new(id), places)
            .await
            .map_err(internal_error)
    }

    async fn record_sale(&self, form: &SaleForm) -> Answer<Outcome> {
        sale::record(self, form).await.map_err(internal_error)
    }

    async fn set_billing_email(&self, member_id: i64, typed: &str) -> Answer<Outcome> {
        billing::save(self, MemberId::new(member_id), typed)
            .await
            .map_err(internal_error)
    }

    async fn credit(&self, member_id: i64) -> Answer<Option<MemberCredit>> {
        credit::page(self, MemberId::new(member_id))
            .await
            .map_err(internal_error)
    }

    async fn return_lost_credit(&self, member_id: i64, key: &str) -> Answer<Outcome> {
        credit::give_back(self, MemberId::new(member_id), key)
            .await
            .map_err(internal_error)
    }

    async fn move_credit(&self, member_id: i64, from: &str) -> Answer<Outcome> {
        moves::run(self, MemberId::new(member_id), from)
            .await
            .map_err(internal_error)
    }

    async fn set_blocked(&self, member_id: i64, blocked: bool, reason: &str) -> Answer<Outcome> {
        let door = if blocked { Door::Block } else { Door::Unblock };
        let member = MemberId::new(member_id);
        self.with_recent_password(door::set(self, member, (door, reason)))
            .await
    }

    async fn sign_out(&self, member_id: i64) -> Answer<Outcome> {
        door::set(self, MemberId::new(member_id), (Door::SignOut, ""))
            .await
            .map_err(internal_error)
    }

    async fn attach(&self, member_id: i64, referrer: &str, reason: &str) -> Answer<Outcome> {
        attach::run(self, MemberId::new(member_id), (referrer, reason))
            .await
            .map_err(internal_error)
    }

    async fn undo_sale(&self, member_id: i64, purchase_id: i64, reason: &str) -> Answer<Outcome> {
        undo::undo(
            self,
            MemberId::new(member_id),
            PurchaseId::new(purchase_id),
            reason,
        )
        .await
        .map_err(internal_error)
    }

    async fn erasure(&self, member_id: i64) -> Answer<Option<ErasePage>> {
        erase::page(self, MemberId::new(member_id))
            .await
            .map_err(internal_error)
    }

    async fn erase(&self, member_id: i64, confirm: &str, reason: &str) -> Answer<Outcome> {
        let id = MemberId::new(member_id);
        self.with_recent_password(erase::erase(self, id, confirm, reason))
            .await
    }
}

pub(super) fn name(member: &user::Model) -> String {
    format!("{} {}", member.first_name, member.last_name)
}

pub(super) fn row(member: &user::Model, zone: &Zone) -> MemberRow {
    MemberRow {
        id: member.id.get(),
        name: name(member),
        email: shown_address(&member.email).to_owned(),
        admin: member.tenant_role.is_some(),
        joined_on: dates::day(member.created_at, zone),
    }
}
