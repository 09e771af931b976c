//! One program's referrals as the console lists them: filtered, sorted, and cut into pages by key.
//! Each page is read from the index that has its filter and its order.

use app::types::admin::{Cursor, ReferralFilter, Sort};
use domain::{FailureReason, Program, ReferralStatus};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, FromQueryResult, Iden,
    Order, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, Func, SelectStatement, SimpleExpr, UnionType},
};

use super::{
    entities::{credit, platform_referral, referral},
    referral_counts::{Days, Sum, whole},
};

/// Sorting by credit, a referral without one counts as 0; to the letter of the index.
const CREDIT: &str = "COALESCE(credit_cents, 0)";

/// A table of referrals.
pub trait Listed: EntityTrait<Column: Copy, Model: FromQueryResult + Sized + Send + Sync> {
    /// Whose.
    const PROGRAM: Program;
    /// The site; `None`: the table is of the platform program.
    const SITE: Option<Self::Column>;
    /// Its columns.
    const ID: Self::Column;
    /// `ReferralStatus::code`.
    const STATUS: Self::Column;
    /// `FailureReason` as JSON.
    const REASON: Self::Column;
    /// Purchase type or plan.
    const KIND: Self::Column;
    /// Who referred.
    const REFERRER: Self::Column;
    /// By what the referred are found: see [`People::referred`].
    const REFERRED: Self::Column;
    /// When it began.
    const CREATED_AT: Self::Column;
    /// The currency of its credit.
    const CURRENCY: Self::Column;
    /// What of the ledger points to it.
    const LEDGER: credit::Column;

    /// What is the same in both tables.
    fn common(row: &Self::Model) -> Common<'_>;
}

/// What referrals of both programs have.
#[derive(Clone, Copy, Debug)]
pub struct Common<'a> {
    /// Our id.
    pub id: i64,
    /// Where it stands.
    pub status: ReferralStatus,
    /// `FailureReason` as JSON.
    pub failure_reason: Option<&'a str>,
    /// Purchase type or plan.
    pub kind: Option<&'a str>,
    /// What was credited.
    pub credit_cents: Option<i64>,
    /// `Currency::code`.
    pub currency: Option<&'a str>,
    /// When the link was clicked.
    pub clicked_at: Option<i64>,
    /// When it began.
    pub created_at: i64,
    /// When it was credited.
    pub credited_at: Option<i64>,
}

impl Common<'_> {
    /// Why it failed.
    pub fn reason(&self) -> Option<FailureReason> {
        self.failure_reason
            .and_then(|json| serde_json::from_str(json).ok())
    }
}

/// Fills [`Listed`] in for a table; both call these columns the same.
macro_rules! listed {
    ($table:ident, $program:expr, $site:expr, $kind:ident, $field:expr, $referred:ident, $ledger:ident) => {
        impl Listed for $table::Entity {
            const PROGRAM: Program = $program;
            const SITE: Option<Self::Column> = $site;
            const ID: Self::Column = $table::Column::Id;
            const STATUS: Self::Column = $table::Column::Status;
            const REASON: Self::Column = $table::Column::FailureReason;
            const KIND: Self::Column = $table::Column::$kind;
            const REFERRER: Self::Column = $table::Column::ReferrerId;
            const REFERRED: Self::Column = $table::Column::$referred;
            const CREATED_AT: Self::Column = $table::Column::CreatedAt;
            const CURRENCY: Self::Column = $table::Column::Currency;
            const LEDGER: credit::Column = credit::Column::$ledger;

            fn common(row: &Self::Model) -> Common<'_> {
                let kind: fn(&Self::Model) -> Option<&str> = $field;
                Common {
                    id: row.id,
                    status: ReferralStatus::parse(&row.status).unwrap_or(ReferralStatus::Pending),
                    failure_reason: row.failure_reason.as_deref(),
                    kind: kind(row),
                    credit_cents: row.credit_cents,
                    currency: row.currency.as_deref(),
                    clicked_at: row.clicked_at,
                    created_at: row.created_at,
                    credited_at: row.credited_at,
                }
            }
        }
    };
}

listed!(
    referral,
    Program::Tenant,
    Some(referral::Column::SiteId),
    PurchaseKind,
    |row| row.purchase_kind.as_deref(),
    ReferredId,
    ReferralId
);
listed!(
    platform_referral,
    Program::Platform,
    None,
    Plan,
    |row| Some(&row.plan),
    Id,
    PlatformReferralId
);

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
    /// The site, and no other; `search_words::PLATFORM` in the platform program.
    pub site_id: i64,
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
    /// Behind the row with this value of the sorted column and this id.
    pub behind: Option<(i64, i64)>,
    /// At most so many.
    pub limit: u64,
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
        behind: filter.cursor.map(|Cursor { value, id, .. }| (value, id)),
        limit: size as u64 + 1,
    };
    let backend = db.get_database_backend();
    let mut rows = select::<E>(backend, which, slice).all(db).await?;
    let further = rows.len() > size;
    rows.truncate(size);
    let met = match rows.first() {
        Some(first) if filter.cursor.is_some() => {
            let opposite = Slice {
                ascending: !slice.ascending,
                behind: Some(key::<E>(first, filter.sort)),
                limit: 1,
                ..slice
            };
            let other = select::<E>(backend, which, opposite).one(db).await?;
            other.is_some()
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

/// Where a row stands in the order.
pub fn key<E: Listed>(row: &E::Model, sort: Sort) -> (i64, i64) {
    let row = E::common(row);
    let value = match sort {
        Sort::Date => row.created_at,
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
    if let (Sort::Date, Some((value, _))) = (slice.sort, slice.behind) {
        // The page's own bound is the narrower one: an index has one at each end.
        if slice.ascending {
            from = from.filter(|from| *from > value);
        } else {
            until = until.filter(|until| *until <= value);
        }
    }
    let place = Expr::tuple([sorted.clone(), Expr::col(E::ID)]);
    filtered(backend, which)
        .apply_if(from, |rows, from| {
            rows.filter(when::<E>(backend, which, slice.sort).gte(from))
        })
        .apply_if(until, |rows, until| {
            rows.filter(when::<E>(backend, which, slice.sort).lt(until))
        })
        .apply_if(slice.behind, |rows, (value, id)| {
            let behind = Expr::tuple([Expr::value(value), Expr::value(id)]);
            rows.filter(if slice.ascending {
                place.gt(behind)
            } else {
                place.lt(behind)
            })
        })
        .order_by(sorted, order.clone())
        .order_by(E::ID, order)
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
        if backend == DatabaseBackend::Sqlite {
            // Else it takes this column's index for no better than the one without it.
            Func::cust("unlikely").arg(is).into()
        } else {
            is
        }
    };
    E::find()
        .apply_if(E::SITE, |rows, site| {
            let site = plain(backend, site, which.people.is_some());
            rows.filter(site.eq(which.site_id))
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
