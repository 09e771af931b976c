//! Cards and a page of the table.

use app::types::admin::{Cursor, ReferralFilter, ReferralsPage};
use domain::beginnings;
use sea_orm::DatabaseConnection;

use super::{Scope, cards, rows::Shown};
use crate::db::{
    referral_counts,
    referral_table::{self, Page, People, Which},
    search_words::MOST,
};

/// Rows of a page.
const SIZE: usize = 25;

/// What `filter` shows. A page beyond the end is the first one.
pub async fn read<E: Shown>(
    db: &DatabaseConnection,
    scope: Scope,
    filter: ReferralFilter,
    mut left_out: Vec<String>,
) -> anyhow::Result<ReferralsPage> {
    let people = people::<E>(db, scope, &filter, &mut left_out).await?;
    let sums = match &people {
        None => referral_counts::sums(db, scope.site_id, &filter).await?,
        Some(people) if people.is_empty() => Vec::new(),
        Some(_) => referral_table::sum_up::<E>(db, &which(scope, &filter, &people)).await?,
    };
    let (filter, page) = rows::<E>(db, scope, filter, &people, &mut left_out).await?;
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
        rows: E::lines(db, scope.site_id, &page.rows).await?,
        cards: cards::of(&sums, scope.currency),
        left_out,
        filter,
    })
}

fn which<'a>(scope: Scope, filter: &'a ReferralFilter, people: &'a Option<People>) -> Which<'a> {
    Which {
        site_id: scope.site_id,
        filter,
        people: people.as_ref(),
    }
}

async fn rows<E: Shown>(
    db: &DatabaseConnection,
    scope: Scope,
    filter: ReferralFilter,
    people: &Option<People>,
    left_out: &mut Vec<String>,
) -> anyhow::Result<(ReferralFilter, Page<E::Model>)> {
    let page = referral_table::page::<E>(db, &which(scope, &filter, people), SIZE).await?;
    if !page.rows.is_empty() || filter.cursor.is_none() {
        return Ok((filter, page));
    }
    left_out.push("There is nothing on that page, so this is the first one.".to_owned());
    let filter = filter.from_start();
    let page = referral_table::page::<E>(db, &which(scope, &filter, people), SIZE).await?;
    Ok((filter, page))
}

/// Whom the filter's text finds; `None` without a text.
async fn people<E: Shown>(
    db: &DatabaseConnection,
    scope: Scope,
    filter: &ReferralFilter,
    left_out: &mut Vec<String>,
) -> anyhow::Result<Option<People>> {
    let beginnings = beginnings(&filter.text);
    if beginnings.is_empty() {
        return Ok(None);
    }
    let (people, more) = E::people(db, scope.site_id, &beginnings).await?;
    if more {
        left_out.push(format!(
            "More than {MOST} people match \u{201c}{}\u{201d}, so only {MOST} of them were looked \
             at. Type more.",
            filter.text
        ));
    }
    Ok(Some(people))
}
