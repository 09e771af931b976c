//! One page of the table of referrals, with the cards above it.

use app::types::admin::{PAGE_SIZE, ReferralsPage};
use domain::{
    referral::{Cursor, ReferralFilter},
    search::beginnings,
};
use sea_orm::DbErr;
use server_core::zone::Zone;
use store::{
    Reader, Timestamp,
    referral_counts::{self, Sum},
    referral_days::Days,
    referral_table::{self, Page, People, Which},
    search_words::MOST,
};

use super::{Part, cards, rows::Shown};

/// Up to this many rows, sorting is faster than walking an index in the table's order.
const FEW: u64 = 2_000;

/// What a filter selects, apart from its page.
struct Asked {
    part: Part,
    people: Option<People>,
    /// See [`Which::few`].
    few: bool,
    days: Days,
}

/// Reads what `filter` shows `now`, with days in `zone`. A page beyond the end becomes the first page.
pub async fn read<E: Shown>(
    db: &Reader,
    part: Part,
    (zone, now): (&Zone, Timestamp),
    filter: ReferralFilter,
    mut ignored: Vec<String>,
) -> anyhow::Result<ReferralsPage> {
    let mut asked = Asked {
        people: people::<E>(db, part, &filter, &mut ignored).await?,
        few: false,
        days: Days::of(&filter, zone),
        part,
    };
    let cards = cards::of(&asked.sums::<E>(db, &filter).await?, part.currency)?;
    asked.few = cards.total <= FEW && (filter.from.is_some() || filter.to.is_some());
    let (filter, page) = asked.page::<E>(db, filter, &mut ignored).await?;
    let at = |row: Option<&E::Model>, back| {
        row.map(|row| {
            let (value, id) = referral_table::key::<E>(row, filter.sort);
            ReferralFilter {
                cursor: Some(Cursor { value, id, back }),
                ..filter.clone()
            }
        })
    };
    Ok(ReferralsPage {
        next: at(page.rows.last().filter(|_| page.behind), false),
        previous: at(page.rows.first().filter(|_| page.before), true),
        rows: E::lines(db, part.scope, &page.rows, zone, now).await?,
        cards,
        ignored,
        filter,
        retried: None,
        program_is_off: false,
    })
}

impl Asked {
    fn which<'a>(&'a self, filter: &'a ReferralFilter) -> Which<'a> {
        Which {
            scope: self.part.scope,
            filter,
            days: self.days,
            people: self.people.as_ref(),
            few: self.few,
        }
    }

    async fn sums<E: Shown>(
        &self,
        db: &Reader,
        filter: &ReferralFilter,
    ) -> Result<Vec<Sum>, DbErr> {
        match &self.people {
            None => self.counted::<E>(db, filter).await,
            Some(people) if people.is_empty() => Ok(Vec::new()),
            Some(_) => referral_table::sum_up::<E>(db, &self.which(filter)).await,
        }
    }

    /// From the counters, and at either end of the days from rows.
    async fn counted<E: Shown>(
        &self,
        db: &Reader,
        filter: &ReferralFilter,
    ) -> Result<Vec<Sum>, DbErr> {
        let parts = self.days.parts();
        let mut sums = match parts.whole {
            Some(days) => referral_counts::sums(db, self.part.scope, filter, days).await?,
            None => Vec::new(),
        };
        for days in parts.rest.into_iter().flatten() {
            let which = Which {
                days,
                ..self.which(filter)
            };
            sums.extend(referral_table::sum_up::<E>(db, &which).await?);
        }
        Ok(sums)
    }

    async fn page<E: Shown>(
        &self,
        db: &Reader,
        filter: ReferralFilter,
        ignored: &mut Vec<String>,
    ) -> Result<(ReferralFilter, Page<E::Model>), DbErr> {
        let page = referral_table::page::<E>(db, &self.which(&filter), PAGE_SIZE).await?;
        if !page.rows.is_empty() || filter.cursor.is_none() {
            return Ok((filter, page));
        }
        ignored.push("There is nothing on that page, so this is the first one.".to_owned());
        let filter = filter.from_start();
        let page = referral_table::page::<E>(db, &self.which(&filter), PAGE_SIZE).await?;
        Ok((filter, page))
    }
}

/// The people whom the filter's text finds; `None` without a text.
async fn people<E: Shown>(
    db: &Reader,
    part: Part,
    filter: &ReferralFilter,
    ignored: &mut Vec<String>,
) -> anyhow::Result<Option<People>> {
    let beginnings = beginnings(&filter.text);
    if beginnings.is_empty() {
        return Ok(None);
    }
    let (people, more) = E::people(db, part.scope, &beginnings).await?;
    if more {
        ignored.push(format!(
            "More than {MOST} people match \u{201c}{}\u{201d}, so only {MOST} of them were \
             checked. Type more.",
            filter.text
        ));
    }
    Ok(Some(people))
}
