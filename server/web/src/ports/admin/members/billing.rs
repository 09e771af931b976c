//! **Save** of a member's billing address for Stripe.

use app::types::Outcome;
use domain::forms::{Refusal, read_billing_email};
use services::stripe_customers::billing;
use store::{MemberId, users};

use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

pub async fn save(
    services: &Services,
    member_id: MemberId,
    typed: &str,
) -> anyhow::Result<Outcome> {
    let Some(staff) = services.context.tenant_staff() else {
        return Ok(not_yours());
    };
    let engine = &services.state;
    let member = users::by_id(engine.db.reader(), staff.site.id(), member_id).await?;
    let Some(member) = member.filter(|member| member.deletion_requested_at.is_none()) else {
        return Ok(refused("There is no such member here."));
    };
    let saved = match read_billing_email(typed) {
        Ok(address) => billing::set(engine, &staff, &member, address.as_ref()).await?,
        Err(error) => Err(error),
    };
    Ok(match saved {
        Ok(()) => Outcome::Done("The billing address was saved.".to_owned()),
        Err(error) => Outcome::Refused(Refusal::fields(vec![error])),
    })
}
