//! The console's list of platform referrers: searched, by pages, with what each of them brought.

use std::collections::HashMap;

use domain::{
    money::Money,
    referral::{ListPlace, ReferralStatus, ReferrerSearch},
    search::beginnings,
};
use sea_orm::{ConnectionTrait, DbErr};
use store::{
    PlatformReferrerId, Scope,
    entities::platform_referrer::Model,
    platform_referrals, platform_referrers,
    search_words::{self, Subject},
};

use crate::{
    Engine,
    rights::{PlatformStaff, See},
};

/// Referrers on a page. The referrals stand below on the same page, so these are few.
const PAGE: usize = 10;

/// A platform referrer of the list.
pub struct Listed {
    pub row: Model,
    pub referrals: u64,
    /// How many of these are Credited.
    pub credited: u64,
    /// What these earned, in each currency, without what was taken back.
    pub earned: Vec<Money>,
}

/// A page of the list.
pub struct Listing {
    /// Newest first, at most [`PAGE`].
    pub referrers: Vec<Listed>,
    /// The place of the first of them among all that match, counted from 1; 0 if there is none on this page.
    pub first: u64,
    /// How many match.
    pub total: u64,
    /// More match than the search examines.
    pub too_many: bool,
}

/// Reads the page that `search` asks for.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn list(
    engine: &Engine,
    _staff: &PlatformStaff<See>,
    search: &ReferrerSearch,
) -> anyhow::Result<Listing> {
    let db = engine.db.reader();
    let beginnings = beginnings(&search.text);
    let (ids, too_many) = if beginnings.is_empty() {
        (None, false)
    } else {
        let (subject, scope) = (Subject::PlatformReferrer, Scope::Platform);
        let found = search_words::find(db, subject, scope, &beginnings).await?;
        let ids = found.ids.into_iter().map(PlatformReferrerId::new);
        (Some(ids.collect::<Vec<_>>()), found.more)
    };
    let ids = ids.as_deref();
    let rows = page(db, ids, search.place).await?;
    let first = match rows.first() {
        Some(row) => platform_referrers::count(db, ids, Some(row.id)).await? + 1,
        None => 0,
    };
    Ok(Listing {
        referrers: with_sums(db, rows).await?,
        first,
        total: platform_referrers::count(db, ids, None).await?,
        too_many,
    })
}

/// Going back, the first page is a whole one, however many rows lie before the one that the person came from.
async fn page(
    db: &impl ConnectionTrait,
    ids: Option<&[PlatformReferrerId]>,
    place: Option<ListPlace>,
) -> Result<Vec<Model>, DbErr> {
    let rows = platform_referrers::page(db, ids, place, PAGE as u64).await?;
    match place {
        Some(ListPlace::Newer(_)) if rows.len() < PAGE => {
            platform_referrers::page(db, ids, None, PAGE as u64).await
        }
        _ => Ok(rows),
    }
}

async fn with_sums(db: &impl ConnectionTrait, rows: Vec<Model>) -> anyhow::Result<Vec<Listed>> {
    let shown: Vec<_> = rows.iter().map(|row| row.id).collect();
    let mut counts: HashMap<PlatformReferrerId, (u64, u64)> = HashMap::new();
    for (id, status, number) in platform_referrals::counts(db, shown.iter().copied()).await? {
        let number = u64::try_from(number).unwrap_or(0);
        let (all, credited) = counts.entry(id).or_default();
        *all += number;
        if status == ReferralStatus::Credited.code() {
            *credited += number;
        }
    }
    let mut earned: HashMap<PlatformReferrerId, Vec<Money>> = HashMap::new();
    for (id, sum) in platform_referrals::earned_by(db, shown).await? {
        earned.entry(id).or_default().push(sum);
    }
    let listed = rows.into_iter().map(|row| {
        let (referrals, credited) = counts.get(&row.id).copied().unwrap_or_default();
        Listed {
            referrals,
            credited,
            earned: earned.remove(&row.id).unwrap_or_default(),
            row,
        }
    });
    Ok(listed.collect())
}
