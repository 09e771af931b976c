//! **Undo this sale**: undoes a counter sale, with a reason.

use app::types::Outcome;
use domain::{
    credit::NotUndone,
    forms::{FieldError, Refusal},
};
use services::{
    purchases::counter_sale::{self, NotUndoable},
    rights::Sell,
};
use store::{MemberId, PurchaseId, purchases};

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// The most characters of a reason.
const REASON_LENGTH: usize = 200;

/// Undoes the sale of this member.
pub async fn undo(
    services: &Services,
    member_id: MemberId,
    purchase_id: PurchaseId,
    reason: &str,
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff::<Sell>() else {
        return Ok(not_yours());
    };
    let reason = reason.trim();
    if let Some(message) = complaint(reason) {
        let error = FieldError::new("reason", message);
        return Ok(Outcome::Refused(Refusal::fields(vec![error])));
    }
    let (engine, site) = (&services.state, &staff.site);
    let db = engine.db.reader();
    let theirs = purchases::one_of_buyer(db, site.id(), member_id, purchase_id).await?;
    if theirs.is_none() {
        return Ok(refused("This member has no such purchase."));
    }
    let undone = counter_sale::undo(engine, site, purchase_id, &staff.user, reason).await?;
    Ok(match undone {
        Ok(()) => Outcome::Done("The sale was undone.".to_owned()),
        Err(NotUndoable::Unknown) => refused("This member has no such purchase."),
        Err(NotUndoable::Because(why)) => refused(sentence(why)),
    })
}

/// What is wrong with a typed reason.
pub fn complaint(reason: &str) -> Option<&'static str> {
    match reason.chars().count() {
        0 => Some("Say why."),
        length if length > REASON_LENGTH => Some("Use 200 characters or fewer."),
        _ => None,
    }
}

fn sentence(why: NotUndone) -> &'static str {
    match why {
        NotUndone::Before => "This sale was undone before.",
        NotUndone::NotPaid => "This purchase was not paid, so there is nothing to undo.",
        NotUndone::PaidOnline => "This purchase was paid through Stripe. Refund it in Orders.",
        NotUndone::Unsettled => {
            "Stripe has not confirmed yet whether it has the credit that this sale earned. Nothing \
             was changed. Try again in a few minutes."
        }
    }
}
