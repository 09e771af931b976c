//! Creates the webhook endpoint at Stripe, and says what is known of it.

use app::types::Outcome;
use domain::{credit::Program, stripe_keys::secrets_in_force};
use sea_orm::DbErr;
use server_core::dates;
use services::{
    stripe_accounts::{By, Endpoint, Seen, endpoint},
    stripe_customers::connection_to,
};
use store::{stripe_accounts::StripeAccount, stripe_events};

use super::account::{account_of, allowed, delivery_url};
use crate::ports::{
    Services,
    admin::{not_yours, refused},
};

/// Creates another endpoint, whose signing secret is added to those in force.
pub async fn create(services: &Services, program: Program) -> anyhow::Result<Outcome> {
    let Some((owner, actor)) = allowed(services, program) else {
        return Ok(not_yours());
    };
    let Some(account) = account_of(services, owner).await? else {
        return Ok(refused("Stripe is not connected."));
    };
    let by = By {
        actor: Some(actor),
        seen: Seen::Anything,
    };
    let (state, base) = (&services.state, &delivery_url(services, program).await?);
    Ok(
        match endpoint::ensure(state, owner, account.id, base, by, true).await? {
            Endpoint::ByHand(why) => refused(why.sentence()),
            Endpoint::Created | Endpoint::Kept => Outcome::Done(CREATED.to_owned()),
        },
    )
}

/// What is said of a created endpoint.
pub const CREATED: &str =
    "The webhook endpoint was created at Stripe, and its events can be verified.";

/// What the endpoint at Stripe lacks, as one sentence; `None` if nothing is known to be wrong.
pub async fn complaint(
    services: &Services,
    program: Program,
    account: &StripeAccount,
) -> anyhow::Result<Option<String>> {
    let Ok(connection) = connection_to(&services.state, account.id).await else {
        return Ok(None);
    };
    let base = delivery_url(services, program).await?;
    let found = endpoint::at_stripe(&connection, &base).await;
    Ok(found.and_then(|endpoint| endpoint.complaint()))
}

/// The facts about the account's webhooks, each with its name.
pub async fn facts(
    services: &Services,
    account: &StripeAccount,
) -> Result<Vec<(String, String)>, DbErr> {
    let last = stripe_events::last_received(services.state.db.reader(), account.id).await?;
    let last = last.map_or_else(
        || "None yet".to_owned(),
        |at| dates::minute(at, services.zone()),
    );
    let mut facts = vec![
        (
            "Active webhook signing secrets",
            secrets_in_force(&account.webhook_secrets),
        ),
        ("Last event from Stripe", last),
    ];
    if account.endpoint_id.is_some() {
        facts.push(("Webhook endpoint", "Created here".to_owned()));
    }
    if let Some(at) = account.notes.refused_at {
        let refused = format!(
            "{}. Its signature fits no secret here. Anybody can send such a delivery.",
            dates::minute(at, services.zone())
        );
        facts.push(("Last refused delivery", refused));
    }
    let facts = facts.into_iter();
    Ok(facts.map(|(name, fact)| (name.to_owned(), fact)).collect())
}
