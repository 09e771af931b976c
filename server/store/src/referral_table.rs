//! A program's referrals as the console lists them: filtered, sorted, and paged by key. Each page
//! is read from the index that matches its filter and order.

mod listed;

use domain::referral::{Cursor, ReferralFilter, Sort};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr, UnionType},
};

use super::{
    referral_counts::{Sum, whole},
    referral_days::Days,
};
use crate::{Scope, index_hints::no_index};
pub use listed::{Common, Listed};

/// The sort key for credits, in which a referral without a credit counts as 0. SQLite uses the
/// index only if the expression is exactly the same.
const CREDIT: &str = "COALESCE(credit_cents, 0)";

/// What a referrer has of the credit.
pub(super) const NET: &str = "COALESCE(credit_cents, 0) - COALESCE(taken_back_cents, 0)";

/// Likelihoods for [`likelihood`].
const HARDLY_ANY: &str = "0.0000001";
const NEARLY_ALL: &str = "0.9";

/// The people whom a text search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Ids of members or platform referrers who referred.
    pub referrers: Vec<i64>,
    /// For a tenant, the referred members. For the platform, the referrals of the found customers.
    pub referred: Vec<i64>,
}

impl People {
    pub fn is_empty(&self) -> bool {
        self.referrers.is_empty() && self.referred.is_empty()
    }
}

/// Selects the rows.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    pub scope: Scope,
    /// The filter's status and kind; its text is resolved to `people`, and its days to `days`.
    pub filter: &'a ReferralFilter,
    pub days: Days,
    /// Only referrals of these people.
    pub people: Option<&'a People>,
    /// Whether the filter's days contain so few rows that sorting them is faster than reading them
    /// in order from an index.
    pub few: bool,
}

/// A part of the selected rows in order.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    pub sort: Sort,
    pub ascending: bool,
    pub begin: Begin,
    /// The maximum number of rows.
    pub limit: u64,
}

/// Where a part of the rows begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the first row.
    First,
    /// After the row with this value of the sorted column and this id.
    Behind(i64, i64),
    /// After the row with this value and id, and only rows with the same value.
    Within(i64, i64),
    /// After all rows with this value.
    Beyond(i64),
}

#[derive(Clone, Debug)]
pub struct Page<M> {
    /// The rows in the filter's order.
    pub rows: Vec<M>,
    /// Whether there are rows before the first.
    pub before: bool,
    /// Whether there are rows after the last.
    pub behind: bool,
}

/// Reads the page of `size` rows at the filter's cursor; empty if there are no rows in that
/// direction.
pub async fn page<E: Listed>(
    db: &impl ConnectionTrait,
    which: &Which<'_>,
    size: usize,
) -> Result<Page<E::Model>, DbErr> {
    let filter = which.filter;
    let back = filter.cursor.is_some_and(|cursor| cursor.back);
    let slice = Slice {
        sort: filter.sort,
        ascending: filter.ascending != back,
        begin: match filter.cursor {
            Some(Cursor { value, id, .. }) => Begin::Behind(value, id),
            None => Begin::First,
        },
        limit: size as u64 + 1,
    };
    let mut rows = read::<E>(db, which, slice).await?;
    let further = rows.len() > size;
    rows.truncate(size);
    let met = match rows.first() {
        Some(first) if filter.cursor.is_some() => {
            let (value, id) = key::<E>(first, filter.sort);
            let opposite = Slice {
                ascending: !slice.ascending,
                begin: Begin::Behind(value, id),
                limit: 1,
                ..slice
            };
            !read::<E>(db, which, opposite).await?.is_empty()
        }
        _ => false,
    };
    if back {
        rows.reverse();
    }
    let (before, behind) = if back { (further, met) } else { (met, further) };
    Ok(Page {
        rows,
        before,
        behind,
    })
}

/// Reads a part of the rows. In an index on an expression, SQLite can only seek to a position among
/// rows with equal credit if the query asks for that credit alone, so this takes two queries.
async fn read<E: Listed>(
    db: &impl ConnectionTrait,
    which: &Which<'_>,
    slice: Slice,
) -> Result<Vec<E::Model>, DbErr> {
    let backend = db.get_database_backend();
    let (Sort::Credit, Begin::Behind(value, id)) = (slice.sort, slice.begin) else {
        return select::<E>(backend, which, slice).all(db).await;
    };
    let within = Slice {
        begin: Begin::Within(value, id),
        ..slice
    };
    let mut rows = select::<E>(backend, which, within).all(db).await?;
    let beyond = Slice {
        begin: Begin::Beyond(value),
        limit: slice.limit.saturating_sub(rows.len() as u64),
        ..slice
    };
    if beyond.limit > 0 {
        rows.extend(select::<E>(backend, which, beyond).all(db).await?);
    }
    Ok(rows)
}

/// The row's position in the order: the value of the sorted column and the id.
pub fn key<E: Listed>(row: &E::Model, sort: Sort) -> (i64, i64) {
    let row = E::common(row);
    let value = match sort {
        Sort::Date => row.created_at.millis(),
        Sort::Credit => row.credit_cents.unwrap_or(0),
    };
    (value, row.id)
}

/// The query for a part of the rows.
pub fn select<E: Listed>(backend: DatabaseBackend, which: &Which<'_>, slice: Slice) -> Select<E> {
    let order = if slice.ascending {
        Order::Asc
    } else {
        Order::Desc
    };
    let sorted = match slice.sort {
        Sort::Date => Expr::col(E::CREATED_AT),
        Sort::Credit if which.few && backend == DatabaseBackend::Sqlite => {
            Expr::cust(format!("+{CREDIT}"))
        }
        Sort::Credit => Expr::cust(CREDIT),
    };
    let (mut from, mut until) = (which.days.begin_ms, which.days.end_ms);
    if let (Sort::Date, Begin::Behind(value, _)) = (slice.sort, slice.begin) {
        // An index takes one bound at each end, so only the narrower one is kept: the page's.
        if slice.ascending {
            from = from.filter(|from| *from > value);
        } else {
            until = until.filter(|until| *until <= value);
        }
    }
    let further = |place: Expr, begin: Expr| {
        if slice.ascending {
            place.gt(begin)
        } else {
            place.lt(begin)
        }
    };
    let id = || Expr::col(E::ID);
    let begun = match slice.begin {
        Begin::First => None,
        Begin::Behind(value, last) => {
            let place = Expr::tuple([sorted.clone(), id()]);
            let begin = Expr::tuple([Expr::value(value), Expr::value(last)]);
            Some(further(place, begin))
        }
        Begin::Within(value, last) => {
            let same = sorted.clone().eq(value);
            let rest = further(id(), Expr::value(last));
            Some(same.and(likelihood(backend, NEARLY_ALL, rest)))
        }
        Begin::Beyond(value) => Some(further(sorted.clone(), Expr::value(value))),
    };
    filtered(backend, which)
        .apply_if(from, |rows, from| {
            rows.filter(when::<E>(backend, which, slice.sort).gte(from))
        })
        .apply_if(until, |rows, until| {
            rows.filter(when::<E>(backend, which, slice.sort).lt(until))
        })
        .apply_if(begun, |rows, begun| rows.filter(begun))
        .apply_if(
            // All these rows have one value, but SQLite would still sort by it.
            (!matches!(slice.begin, Begin::Within(..))).then_some(sorted),
            |rows, sorted| rows.order_by(sorted, order.clone()),
        )
        .order_by(E::ID, order.clone())
        .limit(slice.limit)
}

/// The query for the number and sum of the referrals that a search found. Without a search,
/// `referral_counts` has them.
pub fn sums<E: Listed>(backend: DatabaseBackend, which: &Which<'_>) -> Select<E> {
    let days = which.days;
    let currency = Expr::col(E::CURRENCY).if_null("");
    filtered::<E>(backend, which)
        .select_only()
        .column(E::STATUS)
        .column_as(currency.clone(), "currency")
        .column_as(whole(E::ID.count()), "referrals")
        .column_as(whole(Expr::cust(NET).sum()), "credit_cents")
        .apply_if(days.begin_ms, |rows, from| {
            rows.filter(when::<E>(backend, which, Sort::Date).gte(from))
        })
        .apply_if(days.end_ms, |rows, until| {
            rows.filter(when::<E>(backend, which, Sort::Date).lt(until))
        })
        .group_by(E::STATUS)
        .group_by(E::CURRENCY)
}

/// Runs the query of [`sums`].
pub async fn sum_up<E: Listed>(
    db: &impl ConnectionTrait,
    which: &Which<'_>,
) -> Result<Vec<Sum>, DbErr> {
    sums::<E>(db.get_database_backend(), which)
        .into_model()
        .all(db)
        .await
}

/// Filters by site, status, kind and people.
fn filtered<E: Listed>(backend: DatabaseBackend, which: &Which<'_>) -> Select<E> {
    let is = |column, value: &str| {
        let is = no_index(backend, column, which.people.is_some()).eq(value);
        likelihood(backend, HARDLY_ANY, is)
    };
    E::find()
        .apply_if(E::SITE, |rows, site| {
            let site = no_index(backend, site, which.people.is_some());
            rows.filter(site.eq(which.scope.site_id()))
        })
        .apply_if(which.filter.status, |rows, status| {
            rows.filter(is(E::STATUS, status.code()))
        })
        .apply_if(which.filter.kind.as_deref(), |rows, kind| {
            rows.filter(is(E::KIND, kind))
        })
        .apply_if(which.people, |rows, people| {
            rows.filter(match theirs::<E>(people) {
                Some(found) => E::ID.in_subquery(found),
                None => Expr::value(false),
            })
        })
}

/// The creation time in a filter. Rows in the order of their credits come from the index on
/// credits, which also contains the creation time.
fn when<E: Listed>(backend: DatabaseBackend, which: &Which<'_>, sort: Sort) -> SimpleExpr {
    let by_credit = sort == Sort::Credit && !which.few;
    let elsewhere = by_credit || which.people.is_some();
    no_index(backend, E::CREATED_AT, elsewhere)
}

/// Tells SQLite how likely a row passes the filter. Without this hint SQLite considers the index
/// with a status or kind no better than one without.
fn likelihood(backend: DatabaseBackend, part: &'static str, filter: SimpleExpr) -> SimpleExpr {
    if backend == DatabaseBackend::Sqlite {
        let likelihood = Func::cust("likelihood").arg(filter);
        likelihood.arg(Expr::cust(part)).into()
    } else {
        filter
    }
}

/// The query for the ids of these people's referrals; `None` if there are no people.
fn theirs<E: Listed>(people: &People) -> Option<SelectStatement> {
    let of = |column: E::Column, ids: &[i64]| {
        (!ids.is_empty()).then(|| {
            let rows = E::find().select_only().column(E::ID);
            rows.filter(column.is_in(ids.iter().copied())).into_query()
        })
    };
    let by = of(E::REFERRER, &people.referrers);
    match (by, of(E::REFERRED, &people.referred)) {
        (Some(mut by), Some(of)) => Some(by.union(UnionType::Distinct, of).take()),
        (by, of) => by.or(of),
    }
}
