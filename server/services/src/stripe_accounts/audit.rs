//! Changes of a Stripe connection as the audit log shows them: never a secret, and only the end of
//! a key.

use domain::stripe_keys::secrets_in_force;
use store::{
    audit_log::{Change, Field},
    stripe_accounts::StripeAccount,
};

use super::owner::{By, Owner};
use crate::Engine;

pub fn change<'a>(engine: &Engine, owner: Owner<'_>, by: By<'a>) -> Change<'a> {
    Change {
        site_id: owner.scope().site(),
        actor: by.actor,
        subject: "Stripe",
        now: engine.now(),
    }
}

/// The fields that differ between the connection before and after.
pub fn changes(
    before: Option<&StripeAccount>,
    after: Option<&StripeAccount>,
) -> impl IntoIterator<Item = Field<'static>> {
    let key = |account: &StripeAccount| {
        let mode = if account.livemode { "live" } else { "test" };
        format!("…{} ({mode})", account.last4())
    };
    let secrets = |account: &StripeAccount| secrets_in_force(&account.webhook_secrets);
    let both = before.zip(after);
    let other_key = both.is_some_and(|(old, new)| old.secret_key != new.secret_key);
    let others = both.is_some_and(|(old, new)| old.webhook_secrets != new.webhook_secrets);
    [
        field("Secret key", before.map(key), after.map(key), other_key),
        field(
            "Webhook secrets",
            before.map(secrets),
            after.map(secrets),
            others,
        ),
    ]
}

/// `differ`: the secrets differ, even if the part that may be shown is the same.
fn field(
    name: &'static str,
    old: Option<String>,
    new: Option<String>,
    differ: bool,
) -> Field<'static> {
    let new = match new {
        Some(new) if differ && old.as_ref() == Some(&new) => Some(format!("{new}, another")),
        new => new,
    };
    Field { name, old, new }
}
