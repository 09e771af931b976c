//! Creates the webhook endpoint at Stripe, and deletes the one that it replaces once an event was
//! accepted after that.

use std::{collections::BTreeMap, time::Duration};

use anyhow::Context;
use domain::{
    credit::StripeError,
    stripe_keys::{ByHand, FoundEndpoint, deliverable, replaced_endpoints},
};
use sea_orm::DbErr;
use store::{
    StripeAccountId,
    audit_log::{self, Field},
    location::Standing,
    sites,
    stripe_accounts::{self, NewEndpoint, Retiring},
    stripe_events,
};
use stripe_gateway::{CreatedEndpoint, NewWebhookEndpoint};
use tokio::time::timeout;

use super::{
    audit::change,
    owner::{By, Endpoint, Owner},
    webhook_path,
};
use crate::{
    Engine,
    stripe_customers::{Connection, StepError, connection_to},
};

/// How long a person waits for one answer of Stripe.
const PATIENCE: Duration = Duration::from_secs(8);
/// The metadata key under which an endpoint names our account.
const ACCOUNT: &str = "account";

/// Creates a webhook endpoint for a connected account that has no signing secret, or also
/// otherwise if `anew`.
///
/// # Errors
/// If the database fails, or the secrets cannot be sealed. What Stripe says is a value.
pub async fn ensure(
    engine: &Engine,
    owner: Owner<'_>,
    account: StripeAccountId,
    base_url: &str,
    by: By<'_>,
    anew: bool,
) -> anyhow::Result<Endpoint> {
    let connection = connection_to(engine, account).await?;
    if !connection.account.webhook_secrets.is_empty() && !anew {
        return Ok(Endpoint::Kept);
    }
    let url = format!("{base_url}{}", webhook_path(&connection.account.public_id));
    if let Err(why) = deliverable(&url, engine.simulated_payments) {
        return Ok(Endpoint::ByHand(why));
    }
    let found = match asked(connection.gateway.webhook_endpoints()).await {
        Ok(found) => found,
        Err(error) => return Ok(by_hand(&error)),
    };
    let ours = ours(engine, &connection, &found, &url).await?;
    let retire = match replaced_endpoints(&found, |one| ours.contains(&one.id)) {
        Ok(retire) => retire,
        Err(why) => return Ok(Endpoint::ByHand(why)),
    };
    let created = match create(&connection, &url).await {
        Ok(created) => created,
        Err(error) => return Ok(by_hand(&error)),
    };
    save(engine, owner, account, by, &created, &retire).await?;
    Ok(Endpoint::Created)
}

/// The ids of those endpoints that deliver this account's events to this installation: the one that we
/// created, and whatever is at the account's path at one of our hosts. In a copy for tests they may be
/// the original's, but for those at `url`.
async fn ours(
    engine: &Engine,
    connection: &Connection,
    found: &[FoundEndpoint],
    url: &str,
) -> Result<Vec<String>, DbErr> {
    let path = webhook_path(&connection.account.public_id);
    let known = connection.account.endpoint_id.as_deref();
    let is_copy = engine.standing == Standing::Detached;
    let mut ours = Vec::new();
    for one in found {
        let is_ours = match one.host_at(&path) {
            _ if one.url == url => true,
            _ if is_copy => false,
            _ if known == Some(one.id.as_str()) => true,
            Some(host) => sites::by_host(engine.db.reader(), &host).await?.is_some(),
            None => false,
        };
        if is_ours {
            ours.push(one.id.clone());
        }
    }
    Ok(ours)
}

async fn create(connection: &Connection, url: &str) -> Result<CreatedEndpoint, StripeError> {
    let public_id = connection.account.public_id.clone();
    let new = NewWebhookEndpoint {
        url,
        metadata: BTreeMap::from([(ACCOUNT.to_owned(), public_id)]),
    };
    asked(connection.gateway.create_webhook_endpoint(new)).await
}

async fn save(
    engine: &Engine,
    owner: Owner<'_>,
    account: StripeAccountId,
    by: By<'_>,
    created: &CreatedEndpoint,
    retire: &[String],
) -> anyhow::Result<()> {
    let tx = engine.db.begin().await?;
    owner.lock(&tx).await?;
    let row = stripe_accounts::row(&tx, account).await?;
    let row = row.context("a Stripe account that was just read")?;
    let field = Field {
        name: "Webhook endpoint",
        old: row.endpoint_id.clone(),
        new: Some(created.id.clone()),
    };
    let new = NewEndpoint {
        id: &created.id,
        secret: &created.secret,
        retire,
    };
    stripe_accounts::add_endpoint(&tx, &engine.sealer, row, new, engine.now()).await?;
    audit_log::write(&tx, &change(engine, owner, by), [field]).await?;
    Ok(tx.commit().await?)
}

fn by_hand(error: &StripeError) -> Endpoint {
    tracing::warn!(?error, "no webhook endpoint was created");
    Endpoint::ByHand(match error {
        StripeError::SecretKeyRejected => ByHand::NotAllowed,
        _ => ByHand::Unanswered,
    })
}

async fn asked<T>(call: impl Future<Output = Result<T, StripeError>>) -> Result<T, StripeError> {
    let answered = timeout(PATIENCE, call).await;
    answered.unwrap_or(Err(StripeError::OutcomeUnknown))
}

/// The endpoint at Stripe whose address is the account's, if the key may list endpoints.
pub async fn at_stripe(connection: &Connection, base_url: &str) -> Option<FoundEndpoint> {
    let found = asked(connection.gateway.webhook_endpoints()).await.ok()?;
    let path = webhook_path(&connection.account.public_id);
    let url = format!("{base_url}{path}");
    let known = connection.account.endpoint_id.as_deref();
    let ours = |one: &&FoundEndpoint| known == Some(one.id.as_str());
    let same = |one: &&FoundEndpoint| one.url == url;
    let elsewhere = |one: &&FoundEndpoint| one.host_at(&path).is_some();
    let mine = found.iter().find(ours);
    let mine = mine.or_else(|| found.iter().find(same));
    mine.or_else(|| found.iter().find(elsewhere)).cloned()
}

/// Deletes every endpoint that another one replaces, once a delivery was accepted since the other
/// one was created.
///
/// # Errors
/// If the database fails. The next sweep tries again.
pub async fn retire(engine: &Engine) -> anyhow::Result<()> {
    for retiring in stripe_accounts::retiring(engine.db.reader()).await? {
        let account = retiring.account;
        let last = stripe_events::last_received(engine.db.reader(), account).await?;
        if last.is_some_and(|last| last >= retiring.since)
            && let Err(error) = delete(engine, &retiring).await
        {
            tracing::warn!(account = account.get(), "{error:#}");
        }
    }
    Ok(())
}

/// The most endpoints that one sweep updates.
const AT_ONCE: u64 = 20;

/// Has every endpoint that we created send the events that this version handles. Where the key may not
/// change one, Site Settings says what is missing.
///
/// # Errors
/// If the database fails. The next sweep tries again.
pub async fn update(engine: &Engine) -> anyhow::Result<()> {
    for (account, id) in stripe_accounts::outdated(engine.db.reader(), AT_ONCE).await? {
        let asked = match connection_to(engine, account).await {
            Ok(connection) => asked(connection.gateway.update_webhook_endpoint(&id)).await,
            Err(StepError::Stripe(error)) => Err(error),
            Err(StepError::Database(error)) => return Err(error.into()),
        };
        match asked {
            Err(error) if error.outcome_is_unknown() => {}
            answered => {
                let account_number = account.get();
                tracing::info!(account_number, ?answered, "the events of an endpoint");
                stripe_accounts::updated(engine.db.writer(), account, &id).await?;
            }
        }
    }
    Ok(())
}

async fn delete(engine: &Engine, retiring: &Retiring) -> anyhow::Result<()> {
    let connection = connection_to(engine, retiring.account).await?;
    for id in &retiring.endpoints {
        let deleted = asked(connection.gateway.delete_webhook_endpoint(id)).await;
        deleted.map_err(|error| anyhow::anyhow!("{id} was not deleted: {error:?}"))?;
    }
    stripe_accounts::retired(engine.db.writer(), retiring.account, retiring.since).await?;
    Ok(())
}
