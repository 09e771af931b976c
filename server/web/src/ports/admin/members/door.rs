//! Blocks a member, lets them in again, and signs them out everywhere.

use app::types::Outcome;
use domain::forms::{FieldError, Refusal};
use services::accounts::block::{self, Door};
use store::{MemberId, users};

use super::{name, undo::complaint};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

pub async fn set(
    services: &Services,
    member_id: MemberId,
    (door, reason): (Door, &str),
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    let reason = reason.trim();
    if let Some(message) = complaint(reason).filter(|_| door != Door::SignOut) {
        let error = FieldError::new("block_reason", message);
        return Ok(Outcome::Refused(Refusal::fields(vec![error])));
    }
    let engine = &services.state;
    let member = users::by_id(engine.db.reader(), staff.site.id(), member_id).await?;
    let Some(member) = member else {
        return Ok(refused("There is no such member here."));
    };
    let browser = services.context.browser();
    let client = services.context.client(&browser);
    let done = block::set(engine, &staff, &member, (door, reason), client).await?;
    let words = match door {
        Door::Block => "was blocked",
        Door::Unblock => "can sign in again",
        Door::SignOut => "was signed out everywhere",
    };
    Ok(match done {
        Ok(()) => Outcome::Done(format!("{} {words}.", name(&member))),
        Err(refusal) => Outcome::Refused(refusal),
    })
}
