//! One program's referrals as the console lists them: filtered, sorted, and cut into pages by key.
//! Each page is read from the index that has its filter and its order.

mod listed;

use domain::referral::{Cursor, ReferralFilter, Sort};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, Iden, Order, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr, UnionType},
};

use super::referral_counts::{Days, Sum, whole};
use crate::Scope;
pub use listed::{Common, Listed};

/// Sorting by credit, a referral without one counts as 0; to the letter of the index.
const CREDIT: &str = "COALESCE(credit_cents, 0)";

/// See [`told`].
const HARDLY_ANY: &str = "0.0000001";
const NEARLY_ALL: &str = "0.9";

/// Whom a text found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct People {
    /// Members or partners who referred.
    pub referrers: Vec<i64>,
    /// Tenant: members who were referred. Platform: the referrals of customers.
    pub referred: Vec<i64>,
}

impl People {
    /// Nobody.
    pub fn is_empty(&self) -> bool {
        self.referrers.is_empty() && self.referred.is_empty()
    }
}

/// Which rows.
#[derive(Clone, Copy, Debug)]
pub struct Which<'a> {
    /// The site, and no other, or the platform program.
    pub scope: Scope,
    /// Status, kind and days.
    pub filter: &'a ReferralFilter,
    /// Only theirs.
    pub people: Option<&'a People>,
    /// So few in the days of the filter that it is quicker to sort them than to look for them in
    /// their order.
    pub few: bool,
}

/// A part of them, in order.
#[derive(Clone, Copy, Debug)]
pub struct Slice {
    /// By what.
    pub sort: Sort,
    /// Smallest first.
    pub ascending: bool,
    /// Where it begins.
    pub begin: Begin,
    /// At most so many.
    pub limit: u64,
}

/// Where a part of the rows begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Begin {
    /// At the first row.
    First,
    /// Behind the row with this value of the sorted column and this id.
    Behind(i64, i64),
    /// The same, and ends with the last row that has the same value.
    Within(i64, i64),
    /// Behind all rows with this value.
    Beyond(i64),
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page<M> {
    /// In the order of the filter.
    pub rows: Vec<M>,
    /// There are rows before the first.
    pub before: bool,
    /// There are rows behind the last.
    pub behind: bool,
}

/// The page of `size` rows at the filter's cursor. Empty where there is nothing in its direction.
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

/// A part of the rows. SQLite finds no place among rows of one credit (in an index on an expression)
/// unless that credit is asked for alone.
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

/// Where a row stands in the order.
pub fn key<E: Listed>(row: &E::Model, sort: Sort) -> (i64, i64) {
    let row = E::common(row);
    let value = match sort {
        Sort::Date => row.created_at.millis(),
        Sort::Credit => row.credit_cents.unwrap_or(0),
    };
    (value, row.id)
}

/// The query of a part of the rows.
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
    let days = Days::of(which.filter);
    let (mut from, mut until) = (days.begin_ms(), days.end_ms());
    if let (Sort::Date, Begin::Behind(value, _)) = (slice.sort, slice.begin) {
        // The page's own bound is the narrower one: an index has one at each end.
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
            Some(same.and(told(backend, NEARLY_ALL, rest)))
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
            // All of one value: SQLite would sort by it even so.
            (!matches!(slice.begin, Begin::Within(..))).then_some(sorted),
            |rows, sorted| rows.order_by(sorted, order.clone()),
        )
        .order_by(E::ID, order.clone())
        .limit(slice.limit)
}

/// Counts and adds up what a search found. Without a search: `referral_counts`.
pub fn sums<E: Listed>(backend: DatabaseBackend, which: &Which<'_>) -> Select<E> {
    let days = Days::of(which.filter);
    let currency = Expr::col(E::CURRENCY).if_null("");
    filtered::<E>(backend, which)
        .select_only()
        .column(E::STATUS)
        .column_as(currency.clone(), "currency")
        .column_as(whole(E::ID.count()), "referrals")
        .column_as(whole(Expr::cust(CREDIT).sum()), "credit_cents")
        .apply_if(days.begin_ms(), |rows, from| {
            rows.filter(when::<E>(backend, which, Sort::Date).gte(from))
        })
        .apply_if(days.end_ms(), |rows, until| {
            rows.filter(when::<E>(backend, which, Sort::Date).lt(until))
        })
        .group_by(E::STATUS)
        .group_by(E::CURRENCY)
}

/// The same, asked.
pub async fn sum_up<E: Listed>(
    db: &impl ConnectionTrait,
    which: &Which<'_>,
) -> Result<Vec<Sum>, DbErr> {
    sums::<E>(db.get_database_backend(), which)
        .into_model()
        .all(db)
        .await
}

/// Site, status, kind and people.
fn filtered<E: Listed>(backend: DatabaseBackend, which: &Which<'_>) -> Select<E> {
    let is = |column, value: &str| {
        let is = plain(backend, column, which.people.is_some()).eq(value);
        told(backend, HARDLY_ANY, is)
    };
    E::find()
        .apply_if(E::SITE, |rows, site| {
            let site = plain(backend, site, which.people.is_some());
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

/// The moment at which a row began, as a filter. The order by credit is read from its own index,
/// which has the moment too.
fn when<E: Listed>(backend: DatabaseBackend, which: &Which<'_>, sort: Sort) -> SimpleExpr {
    let by_credit = sort == Sort::Credit && !which.few;
    let elsewhere = by_credit || which.people.is_some();
    plain(backend, E::CREATED_AT, elsewhere)
}

/// A column in a filter. SQLite knows nothing of how many rows have a value, so where another
/// index is the right one (`elsewhere`), a `+` keeps it from this column's; PostgreSQL knows.
fn plain<C: ColumnTrait>(backend: DatabaseBackend, column: C, elsewhere: bool) -> SimpleExpr {
    if elsewhere && backend == DatabaseBackend::Sqlite {
        Expr::cust(format!("+{}", Iden::unquoted(&column)))
    } else {
        Expr::col(column)
    }
}

/// Tells SQLite which part of the rows a filter leaves: else it takes the index that has a status
/// or a kind for no better than one without.
fn told(backend: DatabaseBackend, part: &'static str, filter: SimpleExpr) -> SimpleExpr {
    if backend == DatabaseBackend::Sqlite {
        let likelihood = Func::cust("likelihood").arg(filter);
        likelihood.arg(Expr::cust(part)).into()
    } else {
        filter
    }
}

/// The ids of these people's referrals.
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
