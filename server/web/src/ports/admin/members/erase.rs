//! **Erase this member**: the staff deletes the account of somebody who asked for it.

use app::types::{Outcome, admin::ErasePage};
use domain::{
    account::{NotDeleted, is_released, names_member},
    forms::{FieldError, Refusal},
};
use services::{
    privacy::{self, Asked, By},
    rights::ManageMembers,
};
use store::{MemberId, entities::user, users};

use super::name;
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// The most characters of a reason.
const REASON_LENGTH: usize = 200;
const HAS_RIGHTS: &str = "This member has a role in the console. Take it away first.";
const ERASED: &str = "The member is being erased. If a payment is still under way, their data is removed \
    once that has ended.";

/// What erasing the member of this site means; `None` for a member of another site.
pub async fn page(services: &Services, id: MemberId) -> anyhow::Result<Option<ErasePage>> {
    let Some(staff) = services.context.tenant_staff::<ManageMembers>() else {
        return Ok(None);
    };
    let engine = &services.state;
    let member = users::by_id(engine.db.reader(), staff.site.id(), id).await?;
    let Some(member) = member else {
        return Ok(None);
    };
    let lost = privacy::lost(engine, &staff.site, &member).await?;
    Ok(Some(ErasePage {
        id: id.get(),
        name: name(&member),
        confirm: confirmation(&member),
        has_rights: member.rights().any(),
        leaving: member.deletion_requested_at.is_some(),
        credit: lost.credit,
        memberships: lost.memberships,
    }))
}

/// What is typed to confirm that this member is meant.
fn confirmation(member: &user::Model) -> String {
    match is_released(&member.email) {
        true => format!("Member {}", member.id),
        false => member.email.clone(),
    }
}

pub async fn erase(
    services: &Services,
    id: MemberId,
    confirm: &str,
    reason: &str,
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    let engine = &services.state;
    let member = users::by_id(engine.db.reader(), staff.site.id(), id).await?;
    let Some(member) = member else {
        return Ok(refused("There is no such member here."));
    };
    let reason = reason.trim();
    let errors = complaints(&member, confirm, reason);
    if !errors.is_empty() {
        return Ok(Outcome::Refused(Refusal::fields(errors)));
    }
    let by = By::Admin {
        admin: &staff,
        reason,
    };
    let asked = privacy::request(engine, &staff.site, &member, by).await?;
    Ok(match asked {
        Asked::Accepted => Outcome::Done(ERASED.to_owned()),
        Asked::Refused(NotDeleted::HasRights) => refused(HAS_RIGHTS),
        Asked::Refused(NotDeleted::CreditNotConfirmed(_)) => {
            refused("Their credit has just changed, so nothing was done. Try again.")
        }
    })
}

fn complaints(member: &user::Model, confirm: &str, reason: &str) -> Vec<FieldError> {
    let expected = confirmation(member);
    let same = confirm.trim().to_lowercase() == expected.to_lowercase();
    let confirm = (!same).then(|| format!("Type {expected} to confirm that this member is meant."));
    let (first, last) = (&member.first_name, &member.last_name);
    let reason = match reason.chars().count() {
        0 => Some("Say why the member is erased."),
        length if length > REASON_LENGTH => Some("Use 200 characters or fewer."),
        _ if names_member(reason, first, last, &member.email) => {
            Some("Leave the name and the address out: the audit log keeps this line.")
        }
        _ => None,
    };
    let confirm = confirm.map(|message| FieldError::new("confirm", message));
    let reason = reason.map(|message| FieldError::new("reason", message));
    confirm.into_iter().chain(reason).collect()
}
