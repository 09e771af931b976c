//! Links a member to who referred them, afterwards.

use app::types::Outcome;
use domain::{
    account::shown_address,
    forms::{FieldError, Refusal},
};
use services::{
    attach::{self, By, Refused, Typed},
    rights::Sell,
};
use store::{MemberId, entities::user};

use super::{name, undo::complaint};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Links the member to who was typed: a code, a link or an email address.
pub async fn run(
    services: &Services,
    member_id: MemberId,
    (referrer, reason): (&str, &str),
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff::<Sell>() else {
        return Ok(not_yours());
    };
    let (referrer, reason) = (referrer.trim(), reason.trim());
    let mut errors = Vec::new();
    if referrer.is_empty() {
        let missing = "Type a code, a link or an email address.";
        errors.push(FieldError::new("referrer", missing));
    }
    errors.extend(complaint(reason).map(|message| FieldError::new("reason", message)));
    if !errors.is_empty() {
        return Ok(Outcome::Refused(Refusal::fields(errors)));
    }
    let (engine, by, typed) = (
        &services.state,
        By::Staff(&staff),
        Typed { referrer, reason },
    );
    let attached = attach::attach(engine, &staff.site, member_id, by, typed).await?;
    Ok(match attached {
        None => refused("There is no such member here."),
        Some(Ok(referrer)) => {
            let name = name(&referrer);
            Outcome::Done(format!("Saved: {name} referred this member."))
        }
        Some(Err(refused)) => refusal(&refused),
    })
}

/// The reason; beside the field also who was found, since a wrong code may be somebody else's.
fn refusal(refused: &Refused) -> Outcome {
    let sentence = refused.why.staff_sentence();
    if !refused.why.is_about_referrer() {
        return Outcome::Refused(Refusal::message(sentence));
    }
    let found = refused.found.as_deref().map(found).unwrap_or_default();
    let error = FieldError::new("referrer", format!("{found}{sentence}"));
    Outcome::Refused(Refusal::fields(vec![error]))
}

/// `Mia Stone (mia@example.com) was found. `
fn found(member: &user::Model) -> String {
    let (name, address) = (name(member), shown_address(&member.email));
    format!("{name} ({address}) was found. ")
}
