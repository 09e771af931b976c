//! Sums of referrals and their credits, from counters that database triggers keep. Reading them
//! takes a few rows for each day and for each span of days, independent of the number of referrals.

use domain::{
    credit::Program,
    money::Currency,
    referral::{ReferralFilter, ReferralStatus},
};
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult,
    sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, SimpleExpr, UnionType},
};

use super::entities::referral_count::{Column, Entity};
use crate::{Coded, Scope, referral_days::UtcDays};

/// Number of days in a span.
const SPAN_DAYS: i64 = 32;

/// The referrals with one status and one currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Sum {
    pub status: Coded<ReferralStatus, Entity>,
    /// `Currency::code`; empty if there is no credit.
    currency: String,
    /// The number of referrals.
    pub referrals: i64,
    /// The sum of their credits in cents, without what was taken back.
    pub credit_cents: i64,
}

impl Sum {
    /// The currency of their credits; `None` if there is none.
    ///
    /// # Errors
    /// Fails if the row has a currency that we do not know.
    pub fn currency(&self) -> Result<Option<Currency>, DbErr> {
        match self.currency.as_str() {
            "" => Ok(None),
            code => Currency::parse(code).map(Some).ok_or_else(|| {
                DbErr::Type(format!(
                    "referral_counts.currency holds {code:?}, which cannot be read"
                ))
            }),
        }
    }
}

/// A range of days divided into whole spans and the days at either end that fill no span. Each part
/// has its first and last number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Parts {
    days: [Option<(i64, i64)>; 2],
    spans: Option<(Option<i64>, Option<i64>)>,
}

impl Parts {
    fn of(days: UtcDays) -> Self {
        let first_span = days.first.map(|day| -(-day).div_euclid(SPAN_DAYS));
        let last_span = days.last.map(|day| (day + 1).div_euclid(SPAN_DAYS) - 1);
        if let (Some(first), Some(last)) = (days.first, days.last)
            && first_span > last_span
        {
            return Self {
                days: [Some((first, last)), None],
                spans: None,
            };
        }
        let before = days.first.zip(first_span);
        let behind = days.last.zip(last_span);
        let filled = |(first, last): &(i64, i64)| first <= last;
        Self {
            days: [
                before.map(|(day, span)| (day, span * SPAN_DAYS - 1)),
                behind.map(|(day, span)| ((span + 1) * SPAN_DAYS, day)),
            ]
            .map(|part| part.filter(filled)),
            spans: Some((first_span, last_span)),
        }
    }
}

/// Adds up the counters of these days for a filter without text. The result may list a status and currency more
/// than once.
pub async fn sums(
    db: &impl ConnectionTrait,
    scope: Scope,
    filter: &ReferralFilter,
    days: UtcDays,
) -> Result<Vec<Sum>, DbErr> {
    let query = query(filter.program, scope, filter, days);
    Sum::find_by_statement(db.get_database_backend().build(&query))
        .all(db)
        .await
}

/// The query of [`sums`]; public so that tests can check its query plan.
pub fn query(
    program: Program,
    scope: Scope,
    filter: &ReferralFilter,
    days: UtcDays,
) -> SelectStatement {
    let parts = Parts::of(days);
    let spans = parts.spans.map(|(first, last)| {
        let place = || Expr::col(Alias::new("span"));
        part("referral_count_spans", program, scope, filter)
            .apply_if(first, |part, first| {
                part.and_where(place().gte(first));
            })
            .apply_if(last, |part, last| {
                part.and_where(place().lte(last));
            })
            .take()
    });
    let days = parts.days.into_iter().flatten().map(|(first, last)| {
        part("referral_counts", program, scope, filter)
            .and_where(Expr::col(Column::Day).between(first, last))
            .take()
    });
    let mut all = spans.into_iter().chain(days);
    let mut query = all.next().unwrap_or_default();
    for part in all {
        query.union(UnionType::All, part);
    }
    query
}

fn part(
    table: &'static str,
    program: Program,
    scope: Scope,
    filter: &ReferralFilter,
) -> SelectStatement {
    Query::select()
        .columns([Column::Status, Column::Currency])
        .expr_as(whole(Expr::col(Column::Referrals).sum()), "referrals")
        .expr_as(whole(Expr::col(Column::CreditCents).sum()), "credit_cents")
        .from(Alias::new(table))
        .and_where(Expr::col(Column::Program).eq(program.code()))
        .and_where(Expr::col(Column::SiteId).eq(scope.site_id()))
        .apply_if(filter.status, |part, status| {
            part.and_where(Expr::col(Column::Status).eq(status.code()));
        })
        .apply_if(filter.kind.as_deref(), |part, kind| {
            part.and_where(Expr::col(Column::Kind).eq(kind));
        })
        .group_by_columns([Column::Status, Column::Currency])
        .take()
}

/// Casts a sum to a 64-bit integer, because PostgreSQL returns a decimal.
pub(super) fn whole(sum: SimpleExpr) -> SimpleExpr {
    sum.cast_as("BIGINT")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn day() -> impl Strategy<Value = Option<i64>> {
        prop_oneof![Just(None), (0..200_i64).prop_map(Some)]
    }

    proptest! {
        #[test]
        fn each_day_of_a_range_is_counted_once(first in day(), last in day()) {
            let parts = Parts::of(UtcDays { first, last });
            for day in 0..300 {
                let asked = first.is_none_or(|first| first <= day)
                    && last.is_none_or(|last| day <= last);
                let span = day / SPAN_DAYS;
                let in_spans = parts.spans.is_some_and(|(first, last)| {
                    first.is_none_or(|first| first <= span) && last.is_none_or(|last| span <= last)
                });
                let among_days = parts.days.into_iter().flatten();
                let times = among_days.filter(|(first, last)| (*first..=*last).contains(&day));
                prop_assert_eq!(times.count() + usize::from(in_spans), usize::from(asked), "{}", day);
            }
        }
    }
}
