//! **Move** of what an earlier Stripe customer of a member still has.

use app::types::Outcome;
use services::stripe_customers::moves;
use store::{MemberId, users};

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

pub async fn run(services: &Services, member_id: MemberId, from: &str) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    let engine = &services.state;
    let member = users::by_id(engine.db.reader(), staff.site.id(), member_id).await?;
    let Some(member) = member else {
        return Ok(refused("There is no such member here."));
    };
    let moved = moves::move_of_member(engine, &staff, &member, from).await?;
    Ok(moved.map_or_else(Outcome::Refused, Outcome::Done))
}
