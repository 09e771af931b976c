//! Memberships and plans as Stripe has them. Unique indexes keep each to one row for a purchase.

pub mod listed;

use domain::purchase::{PurchaseState, Subscribed, SubscriptionStatus};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect, Set, sea_query::Expr,
};

use crate::{
    MemberId, Paid, PlatformPurchaseId, PurchaseId, SiteId, StripeAccountId, SubscriptionId,
    Timestamp, Write,
    entities::{
        platform_purchase, purchase,
        subscription::{ActiveModel, Column, Entity, Model},
    },
    index_hints::no_index,
    paid::PaidRow,
};

impl Model {
    /// The purchase that began it.
    pub fn paid(&self) -> Option<Paid> {
        let tenant = self.purchase_id.map(Paid::Tenant);
        tenant.or(self.platform_purchase_id.map(Paid::Platform))
    }

    /// How Stripe has it; `None` until Stripe has said it.
    pub fn subscribed(&self) -> Option<Subscribed> {
        Some(Subscribed {
            status: self.status.as_deref().copied()?,
            period_end: self.current_period_end_at.map(Timestamp::moment),
            cancel_at_period_end: self.cancel_at_period_end,
            cancel_at: self.cancel_at.map(Timestamp::moment),
            ended_at: self.ended_at.map(Timestamp::moment),
        })
    }
}

/// Adds the row of a paid purchase, whose lock the caller holds, to be read from `now` on. One that is there
/// stays as it is.
pub async fn insert(
    db: &impl Write,
    row: &PaidRow,
    (account, stripe_id): (StripeAccountId, &str),
    now: Timestamp,
) -> Result<(), DbErr> {
    let paid = row.paid();
    let new = ActiveModel {
        site_id: Set(row.site_id()),
        stripe_account_id: Set(account),
        stripe_id: Set(stripe_id.to_owned()),
        purchase_id: Set(paid.purchase_id()),
        platform_purchase_id: Set(paid.platform_purchase_id()),
        cancel_at_period_end: Set(false),
        check_at: Set(Some(now)),
        checks: Set(0),
        created_at: Set(row.paid_at().unwrap_or(now)),
        ..Default::default()
    };
    Entity::insert(new)
        .on_conflict_do_nothing()
        .exec(db)
        .await
        .map(|_| ())
}

/// Paid memberships and plans that have no row yet, oldest first.
pub async fn unknown(db: &impl ConnectionTrait, limit: u64) -> Result<Vec<Paid>, DbErr> {
    // The condition of the partial indexes, written out, because SQLite uses them only so.
    const UNKNOWN: &str = "subscription_id IS NOT NULL AND NOT subscription_known";
    let backend = db.get_database_backend();
    let tenant: Vec<PurchaseId> = purchase::Entity::find()
        .select_only()
        .column(purchase::Column::Id)
        .filter(Expr::cust(UNKNOWN))
        .filter(no_index(backend, purchase::Column::State, true).eq(PurchaseState::Paid.code()))
        .order_by_asc(purchase::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let platform: Vec<PlatformPurchaseId> = platform_purchase::Entity::find()
        .select_only()
        .column(platform_purchase::Column::Id)
        .filter(Expr::cust(UNKNOWN))
        .filter(
            no_index(backend, platform_purchase::Column::State, true)
                .eq(PurchaseState::Paid.code()),
        )
        .order_by_asc(platform_purchase::Column::Id)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let platform = platform.into_iter().map(Paid::Platform);
    Ok(tenant
        .into_iter()
        .map(Paid::Tenant)
        .chain(platform)
        .collect())
}

pub async fn by_id(db: &impl ConnectionTrait, id: SubscriptionId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The rows with this id of Stripe's (`sub_…`), of whatever account.
pub async fn by_stripe_id(db: &impl ConnectionTrait, stripe_id: &str) -> Result<Vec<Model>, DbErr> {
    let named = Entity::find().filter(Column::StripeId.eq(stripe_id));
    named.all(db).await
}

/// The row of a purchase, if it is a membership or a plan.
pub async fn of_purchase(db: &impl ConnectionTrait, paid: Paid) -> Result<Option<Model>, DbErr> {
    let its = match paid {
        Paid::Tenant(id) => Column::PurchaseId.eq(id),
        Paid::Platform(id) => Column::PlatformPurchaseId.eq(id),
    };
    Entity::find().filter(its).one(db).await
}

/// The memberships of a member, newest first, each with its purchase.
pub async fn of_member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    member_id: MemberId,
) -> Result<Vec<(purchase::Model, Model)>, DbErr> {
    let bought = purchase::Entity::find()
        .filter(purchase::Column::SiteId.eq(site_id))
        .filter(purchase::Column::BuyerId.eq(member_id))
        .filter(purchase::Column::SubscriptionId.is_not_null())
        .order_by_desc(purchase::Column::Id)
        .all(db)
        .await?;
    if bought.is_empty() {
        return Ok(Vec::new());
    }
    let ids = bought.iter().map(|row| row.id);
    let rows = Entity::find().filter(Column::PurchaseId.is_in(ids));
    let mut rows = rows.all(db).await?;
    let with_row = bought.into_iter().filter_map(|purchase| {
        let place = rows
            .iter()
            .position(|row| row.purchase_id == Some(purchase.id))?;
        Some((purchase, rows.swap_remove(place)))
    });
    Ok(with_row.collect())
}

/// Has Stripe asked about the subscription from `now` on.
pub async fn look_at(db: &impl Write, id: SubscriptionId, now: Timestamp) -> Result<(), DbErr> {
    set_check(db, Column::Id.eq(id), now).await
}

/// Has Stripe asked about the subscription of this purchase, if it has one, from `now` on.
pub async fn look_at_purchase(db: &impl Write, paid: Paid, now: Timestamp) -> Result<(), DbErr> {
    let its = match paid {
        Paid::Tenant(id) => Column::PurchaseId.eq(id),
        Paid::Platform(id) => Column::PlatformPurchaseId.eq(id),
    };
    set_check(db, its, now).await
}

async fn set_check(
    db: &impl Write,
    which: sea_orm::sea_query::SimpleExpr,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::CheckAt, Expr::value(now))
        .col_expr(Column::Checks, Expr::value(0))
        .filter(which)
        .exec(db)
        .await
        .map(|_| ())
}

/// The subscriptions about which Stripe is to be asked by `now`, each with the time since when; those that
/// wait longest first.
pub async fn due(
    db: &impl ConnectionTrait,
    now: Timestamp,
    limit: u64,
) -> Result<Vec<(SubscriptionId, Timestamp)>, DbErr> {
    Entity::find()
        .select_only()
        .columns([Column::Id, Column::CheckAt])
        // Both conditions, because SQLite uses a partial index only where its own is written out.
        .filter(Column::CheckAt.is_not_null())
        .filter(Column::CheckAt.lte(now))
        .order_by_asc(Column::CheckAt)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}

/// Takes the check that was due `at`, and puts it off until `until`, when it is due again if this process
/// dies; `false` if another job took it.
pub async fn take_turn(
    db: &impl Write,
    id: SubscriptionId,
    at: Timestamp,
    until: Timestamp,
) -> Result<bool, DbErr> {
    let taken = Entity::update_many()
        .col_expr(Column::CheckAt, Expr::value(until))
        .filter(Column::Id.eq(id))
        .filter(Column::CheckAt.eq(at))
        .exec(db)
        .await?;
    Ok(taken.rows_affected > 0)
}

/// Stores when Stripe is asked next, after `checks` times that it did not answer; not if somebody asked for
/// another look since `until` was stored.
pub async fn set_next(
    db: &impl Write,
    id: SubscriptionId,
    until: Timestamp,
    next: Option<Timestamp>,
    checks: i64,
) -> Result<bool, DbErr> {
    let written = Entity::update_many()
        .col_expr(Column::CheckAt, Expr::value(next))
        .col_expr(Column::Checks, Expr::value(checks))
        .filter(Column::Id.eq(id))
        .filter(Column::CheckAt.eq(until))
        .exec(db)
        .await?;
    Ok(written.rows_affected > 0)
}

/// A subscription as Stripe told it.
#[derive(Clone, Debug)]
pub struct Told {
    /// `cus_…`.
    pub customer: Option<String>,
    pub status: SubscriptionStatus,
    pub period_end: Option<Timestamp>,
    pub cancel_at_period_end: bool,
    pub cancel_at: Option<Timestamp>,
    pub canceled_at: Option<Timestamp>,
    pub ended_at: Option<Timestamp>,
}

/// Stores what Stripe told. The caller holds the purchase's lock.
pub async fn set_told(
    db: &impl Write,
    id: SubscriptionId,
    told: &Told,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(
            Column::StripeCustomerId,
            Expr::value(told.customer.as_deref()),
        )
        .col_expr(Column::Status, Expr::value(told.status.code()))
        .col_expr(Column::CurrentPeriodEndAt, Expr::value(told.period_end))
        .col_expr(
            Column::CancelAtPeriodEnd,
            Expr::value(told.cancel_at_period_end),
        )
        .col_expr(Column::CancelAt, Expr::value(told.cancel_at))
        .col_expr(Column::CanceledAt, Expr::value(told.canceled_at))
        .col_expr(Column::EndedAt, Expr::value(told.ended_at))
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}
