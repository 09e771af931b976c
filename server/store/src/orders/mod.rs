//! The purchases of either program as the console lists them: newest first, and paged by key. Each
//! source is read from the index that has its rows in this order, or has few rows.

mod amounts;
mod platform;
mod tenant;

use domain::purchase::{OrderCursor, PurchaseState};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::index_hints::no_index;

pub use amounts::{of_other_amount, with_other_amount};

/// A table of purchases.
pub trait Orders: EntityTrait<Column: Copy, Model: FromQueryResult + Sized + Send + Sync> {
    const ID: Self::Column;
    const CREATED_AT: Self::Column;
    /// Holds a `PurchaseState`.
    const STATE: Self::Column;

    /// The row's position in the order of the list.
    fn key(row: &Self::Model) -> OrderCursor;
}

/// A part of the orders of a program.
#[derive(Clone, Debug)]
pub struct Source<E: EntityTrait> {
    rows: Select<E>,
    /// Whether there is an index of the source's rows by state.
    by_state: bool,
}

/// The condition of the index by state, without which neither planner takes it. Paid orders are most
/// of all: the index by date finds them.
const OF_INDEX: &str = "state <> 'paid'";

/// Which rows of the sources to read.
#[derive(Clone, Copy, Debug)]
pub struct Wanted {
    pub state: Option<PurchaseState>,
    /// Only rows after this one.
    pub after: Option<OrderCursor>,
    /// The maximum number of rows.
    pub limit: u64,
}

/// The newest rows of all sources together; a row of several sources is listed once.
pub async fn newest<E: Orders>(
    db: &impl ConnectionTrait,
    sources: Vec<Source<E>>,
    wanted: Wanted,
) -> Result<Vec<E::Model>, DbErr> {
    let backend = db.get_database_backend();
    let mut keys = Vec::new();
    for source in sources {
        let of_source = select(backend, source, wanted).into_tuple::<(i64, i64)>();
        keys.extend(of_source.all(db).await?);
    }
    keys.sort_unstable_by(|one, other| other.cmp(one));
    keys.dedup();
    keys.truncate(usize::try_from(wanted.limit).unwrap_or(usize::MAX));
    // The ids come from the sources, which begin with a site or are the platform program's.
    let ids = keys.into_iter().map(|(_, id)| id);
    let mut rows = E::find().filter(E::ID.is_in(ids)).all(db).await?;
    rows.sort_unstable_by_key(|row| std::cmp::Reverse(E::key(row)));
    Ok(rows)
}

/// The query for the keys of a source's rows, newest first.
pub fn select<E: Orders>(backend: DatabaseBackend, source: Source<E>, wanted: Wanted) -> Select<E> {
    let column = |column| Expr::col(column);
    let after = wanted.after.map(|OrderCursor { created_at, id }| {
        let place = Expr::tuple([column(E::CREATED_AT), column(E::ID)]);
        place.lt(Expr::tuple([Expr::value(created_at), Expr::value(id)]))
    });
    source
        .rows
        .select_only()
        .column(E::CREATED_AT)
        .column(E::ID)
        .apply_if(wanted.state, |rows, state| {
            let rows = rows.filter(no_index(backend, E::STATE, !source.by_state).eq(state.code()));
            match source.by_state && state != PurchaseState::Paid {
                true => rows.filter(Expr::cust(OF_INDEX)),
                false => rows,
            }
        })
        .apply_if(after, QueryFilter::filter)
        .order_by_desc(E::CREATED_AT)
        .order_by_desc(E::ID)
        .limit(wanted.limit)
}
