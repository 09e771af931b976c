//! Webhook events as received. An event with a row is a duplicate when it is delivered again,
//! unless it still waits for the payment that it is about.

use sea_orm::{
    ActiveValue, ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};

use super::entities::{
    stripe_account,
    stripe_event::{ActiveModel, Column, Entity, Model},
};
use crate::{
    SiteId, StripeAccountId, StripeEventId, Timestamp, Write, index_hints::no_index,
    row_lock::RowLock,
};

/// An event to store.
pub struct NewEvent<'a> {
    /// The account whose webhook endpoint received it.
    pub stripe_account_id: StripeAccountId,
    /// `evt_…`.
    pub event_id: &'a str,
    /// The event type, such as `checkout.session.completed`.
    pub kind: &'a str,
    pub body: &'a str,
    /// The event's `livemode`, if it has one.
    pub livemode: Option<bool>,
    pub received_at: Timestamp,
    /// What became of it, as a sentence.
    pub outcome: &'a str,
    /// Since when it waits for its payment, if it does.
    pub unmatched_since: Option<Timestamp>,
}

/// Stores an event; `false` if it was stored before. When the same event arrives twice at once, the
/// second insert waits for the first transaction and then returns `false`: the caller then rolls
/// back what it changed.
pub async fn insert_new(db: &impl Write, event: &NewEvent<'_>) -> Result<bool, DbErr> {
    let row = ActiveModel {
        id: ActiveValue::NotSet,
        stripe_account_id: Set(event.stripe_account_id),
        event_id: Set(event.event_id.to_owned()),
        r#type: Set(event.kind.to_owned()),
        body: Set(event.body.to_owned()),
        outcome: Set(event.outcome.to_owned()),
        received_at: Set(event.received_at),
        livemode: Set(event.livemode),
        unmatched_since: Set(event.unmatched_since),
    };
    let inserted = Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::StripeAccountId, Column::EventId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(inserted > 0)
}

/// When the account's last event was received.
pub async fn last_received(
    db: &impl ConnectionTrait,
    stripe_account_id: StripeAccountId,
) -> Result<Option<Timestamp>, DbErr> {
    Entity::find()
        .select_only()
        .column(Column::ReceivedAt)
        .filter(Column::StripeAccountId.eq(stripe_account_id))
        .order_by_desc(Column::ReceivedAt)
        .into_tuple()
        .one(db)
        .await
}

/// Since when an event waits for its payment, locked until the transaction ends; `None` if it does
/// not wait.
pub async fn lock_unmatched(
    db: &impl Write,
    stripe_account_id: StripeAccountId,
    event_id: &str,
) -> Result<Option<Timestamp>, DbErr> {
    let since: Option<Option<Timestamp>> = of(stripe_account_id, event_id)
        .select_only()
        .column(Column::UnmatchedSince)
        .locked()
        .into_tuple()
        .one(db)
        .await?;
    Ok(since.flatten())
}

pub async fn one(
    db: &impl ConnectionTrait,
    stripe_account_id: StripeAccountId,
    event_id: &str,
) -> Result<Option<Model>, DbErr> {
    of(stripe_account_id, event_id).one(db).await
}

/// Events that wait for their payment since `from` or later, newest first.
pub async fn unmatched(
    db: &impl ConnectionTrait,
    from: Timestamp,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::UnmatchedSince.gte(from))
        .order_by_desc(Column::UnmatchedSince)
        .limit(limit)
        .all(db)
        .await
}

/// Events that wait for their payment at any account of this site, or of the platform program if
/// `None`; newest first.
pub async fn unmatched_of(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    waiting_of(db.get_database_backend(), site_id, limit)
        .all(db)
        .await
}

/// The query of [`unmatched_of`]; public so that tests can check its query plan.
pub fn waiting_of(backend: DatabaseBackend, site_id: Option<SiteId>, limit: u64) -> Select<Entity> {
    waiting_at(backend, site_id)
        .order_by_desc(Column::UnmatchedSince)
        .limit(limit)
}

/// An event that waits at an account of this owner, locked until the transaction ends; `None` if it
/// no longer waits or belongs to another owner.
pub async fn lock_waiting(
    db: &impl Write,
    site_id: Option<SiteId>,
    id: StripeEventId,
) -> Result<Option<Model>, DbErr> {
    waiting_at(db.get_database_backend(), site_id)
        .filter(Column::Id.eq(id))
        .locked()
        .one(db)
        .await
}

/// The few events that wait, from the index of those alone.
fn waiting_at(backend: DatabaseBackend, site_id: Option<SiteId>) -> Select<Entity> {
    let owned = match site_id {
        Some(site_id) => stripe_account::Column::SiteId.eq(site_id),
        None => stripe_account::Column::Platform.eq(true),
    };
    let accounts = stripe_account::Entity::find()
        .select_only()
        .column(stripe_account::Column::Id)
        .filter(owned)
        .into_query();
    Entity::find()
        .filter(Column::UnmatchedSince.is_not_null())
        .filter(no_index(backend, Column::StripeAccountId, true).in_subquery(accounts))
}

fn of(stripe_account_id: StripeAccountId, event_id: &str) -> Select<Entity> {
    Entity::find()
        .filter(Column::StripeAccountId.eq(stripe_account_id))
        .filter(Column::EventId.eq(event_id))
}

/// Stores the outcome of an event as a sentence, and since when it waits for its payment, if it
/// does.
pub async fn set_outcome(
    db: &impl Write,
    stripe_account_id: StripeAccountId,
    event_id: &str,
    outcome: &str,
    unmatched_since: Option<Timestamp>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::Outcome, Expr::value(outcome))
        .col_expr(Column::UnmatchedSince, Expr::value(unmatched_since))
        .filter(Column::StripeAccountId.eq(stripe_account_id))
        .filter(Column::EventId.eq(event_id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Empties the bodies of at most `limit` events that were received before `before`, unless they wait for
/// their payment; id, kind and outcome stay. Returns how many there were.
pub async fn blank(db: &impl Write, before: Timestamp, limit: u64) -> Result<u64, DbErr> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        // Written out, because SQLite uses a partial index only for a condition without parameters.
        .filter(Expr::cust("body <> ''"))
        .filter(Column::ReceivedAt.lt(before))
        .filter(Column::UnmatchedSince.is_null())
        .order_by_asc(Column::ReceivedAt)
        .limit(limit)
        .into_query();
    let blanked = Entity::update_many()
        .col_expr(Column::Body, Expr::value(""))
        .filter(Column::Id.in_subquery(old))
        .exec(db)
        .await?;
    Ok(blanked.rows_affected)
}
