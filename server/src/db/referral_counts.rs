//! How many referrals there are and what they earned, from the counters that the database keeps:
//! some rows for each day, however many referrals.

use app::types::admin::ReferralFilter;
use domain::Program;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    QueryTrait, Select,
    sea_query::{ExprTrait, SimpleExpr},
};
use time::Date;

use super::entities::referral_count::{Column, Entity};

/// A day, in milliseconds.
const DAY_MS: i64 = 86_400_000;

/// Referrals of one status and currency.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct Sum {
    /// `ReferralStatus::code`.
    pub status: String,
    /// `Currency::code`; empty without a credit.
    pub currency: String,
    /// How many.
    pub referrals: i64,
    /// What they earned together, in cents.
    pub credit_cents: i64,
}

/// A range of days, UTC, both ends among them, as the database counts days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    first: Option<i64>,
    last: Option<i64>,
}

impl Days {
    /// The days of a filter.
    pub fn of(filter: &ReferralFilter) -> Self {
        let number = |day: Date| {
            let epoch = time::OffsetDateTime::UNIX_EPOCH.date();
            i64::from(day.to_julian_day() - epoch.to_julian_day())
        };
        Self {
            first: filter.from.map(number),
            last: filter.to.map(number),
        }
    }

    /// The first millisecond.
    pub fn begin_ms(self) -> Option<i64> {
        self.first.map(|day| day * DAY_MS)
    }

    /// The millisecond after the last one.
    pub fn end_ms(self) -> Option<i64> {
        self.last.map(|day| (day + 1) * DAY_MS)
    }
}

/// Adds up the counters for a filter without text. In the platform program `site_id` is
/// `search_words::PLATFORM`.
pub async fn sums(
    db: &impl ConnectionTrait,
    site_id: i64,
    filter: &ReferralFilter,
) -> Result<Vec<Sum>, DbErr> {
    query(filter.program, site_id, filter)
        .into_model()
        .all(db)
        .await
}

/// The query of [`sums`], for whoever reads its plan.
pub fn query(program: Program, site_id: i64, filter: &ReferralFilter) -> Select<Entity> {
    let days = Days::of(filter);
    Entity::find()
        .select_only()
        .columns([Column::Status, Column::Currency])
        .column_as(whole(Column::Referrals.sum()), "referrals")
        .column_as(whole(Column::CreditCents.sum()), "credit_cents")
        .filter(Column::Program.eq(program.code()))
        .filter(Column::SiteId.eq(site_id))
        .apply_if(days.first, |rows, day| rows.filter(Column::Day.gte(day)))
        .apply_if(days.last, |rows, day| rows.filter(Column::Day.lte(day)))
        .apply_if(filter.status, |rows, status| {
            rows.filter(Column::Status.eq(status.code()))
        })
        .apply_if(filter.kind.as_deref(), |rows, kind| {
            rows.filter(Column::Kind.eq(kind))
        })
        .group_by(Column::Status)
        .group_by(Column::Currency)
}

/// A sum as a whole number of 64 bits: PostgreSQL makes a decimal of it.
pub(super) fn whole(sum: SimpleExpr) -> SimpleExpr {
    sum.cast_as("BIGINT")
}
