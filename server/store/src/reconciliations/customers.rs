//! Which customers a comparison saw at Stripe, and how many rows the ledger had of each.

use std::collections::HashMap;

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set, sea_query::OnConflict,
};

use crate::{
    ReconciliationId, Scope, StripeAccountId, Write,
    credits::in_scope,
    entities::{
        credit,
        reconciled_customer::{ActiveModel, Column, Entity},
    },
};

/// How many rows the ledger had of each of these customers at the last comparison.
pub async fn entries_of(
    db: &impl ConnectionTrait,
    account: StripeAccountId,
    customers: &[String],
) -> Result<HashMap<String, i64>, DbErr> {
    let rows: Vec<(String, i64)> = Entity::find()
        .select_only()
        .columns([Column::CustomerId, Column::Entries])
        .filter(Column::StripeAccountId.eq(account))
        .filter(Column::CustomerId.is_in(customers))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Records that this comparison saw these customers, each with the number of its rows in the ledger.
pub async fn remember(
    db: &impl Write,
    account: StripeAccountId,
    seen_by: ReconciliationId,
    customers: Vec<(String, i64)>,
) -> Result<(), DbErr> {
    if customers.is_empty() {
        return Ok(());
    }
    let rows = customers
        .into_iter()
        .map(|(customer_id, entries)| ActiveModel {
            stripe_account_id: Set(account),
            customer_id: Set(customer_id),
            reconciliation_id: Set(seen_by),
            entries: Set(entries),
            ..Default::default()
        });
    let known = OnConflict::columns([Column::StripeAccountId, Column::CustomerId])
        .update_columns([Column::ReconciliationId, Column::Entries])
        .to_owned();
    Entity::insert_many(rows)
        .on_conflict(known)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The customers of the ledger at this account that the comparison did not see at Stripe, after the customer
/// `after`, in the order of their ids.
pub async fn unseen(
    db: &impl ConnectionTrait,
    scope: Scope,
    account: StripeAccountId,
    seen_by: ReconciliationId,
    (after, limit): (&str, u64),
) -> Result<Vec<String>, DbErr> {
    let seen = Entity::find()
        .select_only()
        .column(Column::CustomerId)
        .filter(Column::StripeAccountId.eq(account))
        .filter(Column::ReconciliationId.eq(seen_by))
        .into_query();
    credit::Entity::find()
        .select_only()
        .column(credit::Column::StripeCustomerId)
        .filter(in_scope(scope))
        .filter(credit::Column::StripeAccountId.eq(account))
        .filter(credit::Column::StripeCustomerId.gt(after))
        .filter(credit::Column::StripeCustomerId.not_in_subquery(seen))
        .group_by(credit::Column::StripeCustomerId)
        .order_by_asc(credit::Column::StripeCustomerId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await
}
