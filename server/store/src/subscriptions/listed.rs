//! Memberships and plans as the console lists them: newest first, and paged by key.

use domain::purchase::{StandingFilter, SubscriptionStatus as Status};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, sea_query::Expr,
};

use crate::{
    Scope, SubscriptionId,
    entities::{
        platform_purchase, purchase,
        subscription::{Column, Entity, Model},
    },
};

/// Which rows to read.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub standing: Option<StandingFilter>,
    /// Only rows after this one.
    pub after: Option<SubscriptionId>,
    /// The maximum number of rows.
    pub limit: u64,
}

/// The newest rows of a program.
pub async fn newest(
    db: &impl ConnectionTrait,
    scope: Scope,
    wanted: Wanted,
) -> Result<Vec<Model>, DbErr> {
    select(scope, wanted).all(db).await
}

/// The query of [`newest`]; public so that tests can check its query plan.
pub fn select(scope: Scope, wanted: Wanted) -> Select<Entity> {
    // The conditions of the partial indexes, written out, because SQLite uses them only so.
    let rows = match scope {
        Scope::Site(site_id) => Entity::find()
            .filter(Column::SiteId.eq(site_id))
            .filter(Expr::cust("purchase_id IS NOT NULL")),
        Scope::Platform => Entity::find().filter(Expr::cust("platform_purchase_id IS NOT NULL")),
    };
    rows.apply_if(wanted.standing, |rows, standing| {
        rows.filter(of_standing(standing))
    })
    .apply_if(wanted.after, |rows, after| {
        rows.filter(Column::Id.lt(after))
    })
    .order_by_desc(Column::Id)
    .limit(wanted.limit)
}

/// As `domain::purchase::Subscribed::standing` says it.
fn of_standing(standing: StandingFilter) -> Condition {
    let is = |statuses: &[Status]| Column::Status.is_in(statuses.iter().map(|one| one.code()));
    let over = [Status::Canceled, Status::IncompleteExpired];
    let set_to_end = Condition::any()
        .add(Column::CancelAtPeriodEnd.eq(true))
        .add(Column::CancelAt.is_not_null());
    match standing {
        StandingFilter::Ended => Condition::all().add(is(&over)),
        StandingFilter::Ends => Condition::all()
            .add(set_to_end)
            .add(Column::Status.is_not_in(over.map(Status::code))),
        StandingFilter::Active => Condition::all()
            .add(is(&[Status::Active, Status::Trialing]))
            .add(set_to_end.not()),
        StandingFilter::PastDue => Condition::all()
            .add(is(&[Status::PastDue, Status::Unpaid, Status::Incomplete]))
            .add(set_to_end.not()),
    }
}

/// The purchases of listed rows.
#[derive(Clone, Debug, Default)]
pub struct Bought {
    pub tenant: Vec<purchase::Model>,
    pub platform: Vec<platform_purchase::Model>,
}

/// The purchases that began these, which are of one program.
pub async fn bought(db: &impl ConnectionTrait, rows: &[Model]) -> Result<Bought, DbErr> {
    let tenant: Vec<_> = rows.iter().filter_map(|row| row.purchase_id).collect();
    let platform: Vec<_> = rows
        .iter()
        .filter_map(|row| row.platform_purchase_id)
        .collect();
    let mut bought = Bought::default();
    if !tenant.is_empty() {
        let its = purchase::Entity::find().filter(purchase::Column::Id.is_in(tenant));
        bought.tenant = its.all(db).await?;
    }
    if !platform.is_empty() {
        let its = platform_purchase::Entity::find();
        let its = its.filter(platform_purchase::Column::Id.is_in(platform));
        bought.platform = its.all(db).await?;
    }
    Ok(bought)
}
