//! What a comparison found.

use domain::{
    credit::{Difference, DifferenceState},
    money::Money,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set, sea_query::Expr,
};

use super::of;
use crate::{
    ReconciliationDifferenceId, ReconciliationId, Scope, Write,
    entities::{
        reconciliation,
        reconciliation_difference::{ActiveModel, Column, Entity, Model},
    },
    stripe_customers::HolderId,
};

/// How many rows one statement inserts: a database takes a limited number of parameters.
const AT_ONCE: usize = 500;

/// A difference to record.
#[derive(Clone, Debug)]
pub struct NewDifference {
    /// `cus_…`.
    pub customer_id: String,
    /// Whose customer it is; `None` if nobody's.
    pub holder: Option<HolderId>,
    pub kind: Difference,
    pub state: DifferenceState,
    /// The same in each comparison.
    pub reference: String,
    /// Above zero in the customer's favor, as the others.
    pub amount: Money,
    pub at_stripe: Money,
    pub in_ledger: Money,
}

/// Adds what a comparison found.
pub async fn insert_differences(
    db: &impl Write,
    found_by: ReconciliationId,
    new: &[NewDifference],
) -> Result<(), DbErr> {
    for some in new.chunks(AT_ONCE) {
        let rows = some.iter().map(|one| row(found_by, one));
        Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

fn row(found_by: ReconciliationId, one: &NewDifference) -> ActiveModel {
    let (member, referrer) = match one.holder {
        Some(HolderId::Member(id)) => (Some(id), None),
        Some(HolderId::PlatformReferrer(id)) => (None, Some(id)),
        None => (None, None),
    };
    ActiveModel {
        reconciliation_id: Set(found_by),
        customer_id: Set(one.customer_id.clone()),
        user_id: Set(member),
        platform_referrer_id: Set(referrer),
        kind: Set(one.kind.into()),
        state: Set(one.state.into()),
        reference: Set(one.reference.clone()),
        amount_cents: Set(one.amount.cents()),
        stripe_cents: Set(one.at_stripe.cents()),
        ledger_cents: Set(one.in_ledger.cents()),
        currency: Set(one.amount.currency().into()),
        ..Default::default()
    }
}

/// What a comparison found, oldest first; `open` leaves out what waits for nobody.
pub async fn list_differences(
    db: &impl ConnectionTrait,
    found_by: ReconciliationId,
    open: bool,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::ReconciliationId.eq(found_by))
        .apply_if(open.then_some(DifferenceState::Open), |rows, state| {
            rows.filter(Column::State.eq(state.code()))
        })
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// How many differences of a comparison wait for a person, up to `most`.
pub async fn count_open(
    db: &impl ConnectionTrait,
    found_by: ReconciliationId,
    most: u64,
) -> Result<u64, DbErr> {
    let open = list_differences(db, found_by, true, most).await?;
    Ok(open.len() as u64)
}

/// Whether staff said of this difference that it is done, in any comparison of the program that is kept.
pub async fn is_done(
    db: &impl ConnectionTrait,
    scope: Scope,
    kind: Difference,
    reference: &str,
) -> Result<bool, DbErr> {
    let done = Condition::all()
        .add(Column::Kind.eq(kind.code()))
        .add(Column::Reference.eq(reference))
        .add(Column::State.eq(DifferenceState::Done.code()));
    let found: Option<ReconciliationDifferenceId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .join(
            JoinType::InnerJoin,
            Entity::belongs_to(reconciliation::Entity)
                .from(Column::ReconciliationId)
                .to(reconciliation::Column::Id)
                .into(),
        )
        .filter(of(scope))
        .filter(done)
        .limit(1)
        .into_tuple()
        .one(db)
        .await?;
    Ok(found.is_some())
}

/// Marks an open difference of the program's last comparison as done; returns it as it was, or `None` if
/// there is no such one.
pub async fn set_done(
    db: &impl Write,
    found_by: ReconciliationId,
    id: ReconciliationDifferenceId,
) -> Result<Option<Model>, DbErr> {
    let row = Entity::find_by_id(id)
        .filter(Column::ReconciliationId.eq(found_by))
        .one(db)
        .await?;
    let written = Entity::update_many()
        .col_expr(Column::State, Expr::value(DifferenceState::Done.code()))
        .filter(Column::Id.eq(id))
        .filter(Column::ReconciliationId.eq(found_by))
        .filter(Column::State.eq(DifferenceState::Open.code()))
        .exec(db)
        .await?;
    Ok(row.filter(|_| written.rows_affected > 0))
}
