//! What the page of the books shows: sums, the last twelve months, the best referrers, the last comparison.

use domain::credit::{BookedSum, BooksTotals, totals};
use server_core::zone::Zone;
use store::{
    Scope, Timestamp,
    credits::{self, Earner, SumOfPeriod},
    entities::{reconciliation, reconciliation_difference},
    reconciliations,
};
use time::{Date, OffsetDateTime};

use crate::Engine;

/// How many months the plot has, the present one too.
const MONTHS: usize = 12;
/// How many referrers are named.
const BEST: u64 = 10;
/// The most differences that the page lists.
const LISTED: u64 = 200;

/// The books of a program.
pub struct Figures {
    /// In each currency that has any.
    pub totals: Vec<BooksTotals>,
    /// Oldest first; the last is the present one.
    pub months: Vec<Month>,
    /// In each currency, the most first.
    pub best: Vec<Earner>,
    /// The last comparison that ended.
    pub last: Option<LastCompared>,
    /// Whether one goes on.
    pub compares: bool,
}

/// What was outstanding when a month ended.
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// In each currency that had any.
    pub totals: Vec<BooksTotals>,
}

/// A comparison and what it found.
pub struct LastCompared {
    pub row: reconciliation::Model,
    pub differences: Vec<reconciliation_difference::Model>,
    /// Whether it found more than is listed.
    pub has_more: bool,
}

/// The books of `scope`, with the months of `zone`.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn figures(engine: &Engine, scope: Scope, zone: &Zone) -> anyhow::Result<Figures> {
    let db = engine.db.reader();
    let firsts = first_days(zone.day(engine.now().moment()));
    // Each month but the last ends when the next one begins.
    let ends = firsts.iter().skip(1).map(|first| begin_of(*first, zone));
    let ends: Vec<_> = ends.collect();
    let sums = credits::sums_of_periods(db, scope, &ends).await?;
    let month = |(index, first): (usize, &Date)| Month {
        first: *first,
        totals: totals(&until(&sums, index)),
    };
    let months = firsts.iter().enumerate().map(month).collect();
    let all = totals(&until(&sums, usize::MAX));
    let mut best = Vec::new();
    for total in &all {
        let currency = total.earned.currency();
        best.extend(credits::best_earners(db, scope, currency, BEST).await?);
    }
    Ok(Figures {
        totals: all,
        months,
        best,
        last: last(engine, scope).await?,
        compares: reconciliations::unfinished(db, scope).await?.is_some(),
    })
}

async fn last(engine: &Engine, scope: Scope) -> anyhow::Result<Option<LastCompared>> {
    let db = engine.db.reader();
    let Some(row) = reconciliations::last(db, scope, true).await? else {
        return Ok(None);
    };
    let listed = reconciliations::list_differences(db, row.id, false, LISTED + 1).await?;
    let most = usize::try_from(LISTED).unwrap_or(usize::MAX);
    Ok(Some(LastCompared {
        row,
        has_more: listed.len() > most,
        differences: listed.into_iter().take(most).collect(),
    }))
}

fn until(sums: &[SumOfPeriod], period: usize) -> Vec<BookedSum> {
    let before = sums.iter().filter(|sum| sum.period <= period);
    before.map(|sum| sum.sum).collect()
}

/// The first days of the last months, oldest first.
fn first_days(today: Date) -> Vec<Date> {
    let mut first = today.replace_day(1).unwrap_or(today);
    let mut firsts = vec![first];
    while firsts.len() < MONTHS
        && let Some(day) = first.previous_day()
    {
        first = day.replace_day(1).unwrap_or(day);
        firsts.push(first);
    }
    firsts.reverse();
    firsts
}

fn begin_of(day: Date, zone: &Zone) -> Timestamp {
    let millis = Timestamp::from_millis(zone.begin_of(day));
    millis.unwrap_or_else(|| OffsetDateTime::UNIX_EPOCH.into())
}

#[cfg(test)]
mod tests {
    use time::Month as Name;

    use super::*;

    #[test]
    fn a_year_ends_with_the_present_month() {
        let today = Date::from_calendar_date(2026, Name::March, 31).unwrap();
        let firsts = first_days(today);
        assert_eq!(firsts.len(), MONTHS);
        let day = |year, month| Date::from_calendar_date(year, month, 1).unwrap();
        assert_eq!(firsts.first(), Some(&day(2025, Name::April)));
        assert_eq!(firsts.last(), Some(&day(2026, Name::March)));
    }
}
