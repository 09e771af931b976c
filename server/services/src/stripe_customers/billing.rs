//! The billing address: where Stripe reaches a member whose own address it refuses. It never signs
//! anybody in.

use domain::{account::Email, credit::StripeError, forms::FieldError};
use store::{
    audit_log::{self, Change, Field},
    entities::user,
    stripe_customers::{self, HolderId},
    users,
};

use super::{billing_email, connection};
use crate::{
    Engine,
    rights::{Sell, TenantStaff},
};

/// Sets the member's billing address, `None` for the one they sign in with, and tells Stripe.
///
/// # Errors
/// If the database fails. An address that Stripe refuses, too, is a message beside the field.
pub async fn set(
    engine: &Engine,
    admin: &TenantStaff<Sell>,
    member: &user::Model,
    address: Option<&Email>,
) -> anyhow::Result<Result<(), FieldError>> {
    let text = address.map(Email::as_str);
    if text == member.billing_email.as_deref() {
        return Ok(Ok(()));
    }
    match tell_stripe(engine, admin, member, text.unwrap_or(&member.email)).await? {
        Ok(()) => {}
        Err(message) => return Ok(Err(FieldError::new("billing_email", message))),
    }
    let tx = engine.db.begin().await?;
    users::set_billing_email(&tx, admin.site.id(), member.id, text).await?;
    let change = Change {
        site_id: Some(admin.site.id()),
        actor: Some(&admin.user),
        subject: &format!("Member {}", member.id),
        now: engine.now(),
    };
    let field = Field {
        name: "Billing address for Stripe",
        old: Some(billing_email(member).to_owned()),
        new: Some(text.unwrap_or(&member.email).to_owned()),
    };
    audit_log::write(&tx, &change, [field]).await?;
    tx.commit().await?;
    Ok(Ok(()))
}

/// Changes the address of the member's customer, if there is one; the message if it cannot be.
async fn tell_stripe(
    engine: &Engine,
    admin: &TenantStaff<Sell>,
    member: &user::Model,
    address: &str,
) -> anyhow::Result<Result<(), &'static str>> {
    let Some(connection) = connection(engine, &admin.site).await? else {
        return Ok(Ok(()));
    };
    let (db, account) = (engine.db.reader(), connection.account.id);
    let row = stripe_customers::get(db, account, HolderId::Member(member.id)).await?;
    let Some(customer) = row.and_then(|row| row.customer_id) else {
        return Ok(Ok(()));
    };
    Ok(
        match connection.gateway.set_email(&customer, address).await {
            // A customer that was deleted at Stripe is created anew, with this address.
            Ok(_) => Ok(()),
            Err(error) if error.is_of_address() => {
                Err("Stripe refuses this address. Enter another one.")
            }
            Err(StripeError::SecretKeyRejected) => {
                Err("Stripe rejects the secret key, so nothing was saved. See Site Settings.")
            }
            Err(_) => Err("Stripe does not answer right now, so nothing was saved. Try again."),
        },
    )
}
