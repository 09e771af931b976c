//! The webhook endpoint that we created at an account, and those that it replaces.

use domain::stripe_keys::EVENTS_VERSION;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QuerySelect,
    Set, sea_query::Expr,
};
use server_core::sealing::Sealer;

use super::{opened, webhook_purpose};
use crate::{
    StripeAccountId, Timestamp, Write,
    entities::stripe_account::{self, Column, Entity},
};

/// The most signing secrets that stay in force beside a new one.
const SECRETS_KEPT: usize = 7;

/// A created webhook endpoint.
pub struct NewEndpoint<'a> {
    /// `we_…`.
    pub id: &'a str,
    /// `whsec_…`.
    pub secret: &'a str,
    /// `we_…` of those that it replaces.
    pub retire: &'a [String],
}

/// Stores the endpoint and adds its signing secret to those in force.
///
/// # Errors
/// Fails if the database fails, or the secrets cannot be encrypted.
pub async fn add_endpoint(
    db: &impl Write,
    sealer: &Sealer,
    row: stripe_account::Model,
    new: NewEndpoint<'_>,
    now: Timestamp,
) -> anyhow::Result<()> {
    let (id, version, public_id) = (row.id, row.version, row.public_id.clone());
    let mut secrets = vec![new.secret.to_owned()];
    // Secrets that cannot be decrypted are lost.
    let kept = opened(sealer, row).ok().map(|one| one.webhook_secrets);
    secrets.extend(kept.into_iter().flatten().take(SECRETS_KEPT));
    let sealed = sealer.seal(
        &webhook_purpose(&public_id),
        &serde_json::to_string(&secrets)?,
    )?;
    let changed = stripe_account::ActiveModel {
        id: Set(id),
        webhook_secrets_sealed: Set(sealed),
        version: Set(version + 1),
        unannounced_at: Set(None),
        endpoint_id: Set(Some(new.id.to_owned())),
        endpoint_at: Set(Some(now)),
        endpoint_events: Set(EVENTS_VERSION),
        retiring_endpoints: Set(match new.retire {
            [] => None,
            retire => Some(serde_json::to_string(retire)?),
        }),
        ..Default::default()
    };
    changed.update(db).await?;
    Ok(())
}

/// Endpoints that another one replaces.
pub struct Retiring {
    pub account: StripeAccountId,
    /// When the new endpoint was created.
    pub since: Timestamp,
    /// `we_…` of each.
    pub endpoints: Vec<String>,
}

/// The endpoints of all accounts that wait to be deleted.
///
/// # Errors
/// Fails if the database fails, or a list cannot be read.
pub async fn retiring(db: &impl ConnectionTrait) -> anyhow::Result<Vec<Retiring>> {
    let rows = Entity::find()
        .filter(Column::RetiringEndpoints.is_not_null())
        .all(db)
        .await?;
    let read = |row: stripe_account::Model| {
        let list = row.retiring_endpoints.unwrap_or_default();
        anyhow::Ok(Retiring {
            account: row.id,
            since: row.endpoint_at.unwrap_or(row.created_at),
            endpoints: serde_json::from_str(&list)?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// The accounts with an endpoint that we created (`we_…`), and that does not send all present events, at
/// most `limit`.
pub async fn outdated(
    db: &impl ConnectionTrait,
    limit: u64,
) -> Result<Vec<(StripeAccountId, String)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::EndpointId])
        .filter(Column::EndpointId.is_not_null())
        .filter(Column::EndpointEvents.lt(EVENTS_VERSION))
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Records that the endpoint sends the present events, or that Stripe does not let us change it.
pub async fn updated(db: &impl Write, account: StripeAccountId, id: &str) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EndpointEvents, Expr::value(EVENTS_VERSION))
        .filter(Column::Id.eq(account))
        .filter(Column::EndpointId.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records that the replaced endpoints were deleted.
pub async fn retired(
    db: &impl Write,
    account: StripeAccountId,
    since: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::RetiringEndpoints, Expr::value(None::<String>))
        .filter(Column::Id.eq(account))
        .filter(Column::EndpointAt.eq(since))
        .exec(db)
        .await
        .map(|_| ())
}
