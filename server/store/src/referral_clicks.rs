//! Clicks on members' referral links, as sums of each day and channel.

use domain::sharing::Channel;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, Set,
    sea_query::{Expr, OnConflict},
};

use super::{
    entities::{
        referral,
        referral_click::{ActiveModel, Column, Entity},
    },
    referral_counts::whole,
};
use crate::{Coded, MemberId, SiteId, Timestamp, Write, index_hints::no_index};

/// Milliseconds of a day.
const DAY_MS: i64 = 86_400_000;

/// What clicks are added up by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClickKey {
    pub site_id: SiteId,
    /// Whose link it is.
    pub referrer_id: MemberId,
    pub channel: Channel,
    /// The day in UTC, in days since 1970.
    pub day: i64,
}

impl ClickKey {
    /// A click at `now`.
    pub fn at(now: Timestamp, site_id: SiteId, referrer_id: MemberId, channel: Channel) -> Self {
        Self {
            site_id,
            referrer_id,
            channel,
            day: now.millis().div_euclid(DAY_MS),
        }
    }
}

/// Adds clicks to what was counted before.
pub async fn add(db: &impl Write, key: ClickKey, clicks: i64) -> Result<(), DbErr> {
    let row = ActiveModel {
        site_id: Set(key.site_id),
        referrer_id: Set(key.referrer_id),
        channel: Set(key.channel.into()),
        day: Set(key.day),
        clicks: Set(clicks),
        ..Default::default()
    };
    let of = [
        Column::SiteId,
        Column::ReferrerId,
        Column::Channel,
        Column::Day,
    ];
    let sum = Expr::col((Entity, Column::Clicks)).add(clicks);
    Entity::insert(row)
        .on_conflict(
            OnConflict::columns(of)
                .value(Column::Clicks, sum)
                .to_owned(),
        )
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// How often the member's link was opened, by channel, in no order.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_referrer(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<Vec<(Channel, i64)>, DbErr> {
    let sums: Vec<(Coded<Channel, Entity>, i64)> = Entity::find()
        .select_only()
        .column(Column::Channel)
        .column_as(whole(Column::Clicks.sum()), "clicks")
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .group_by(Column::Channel)
        .into_tuple()
        .all(db)
        .await?;
    Ok(sums.into_iter().map(|(of, sum)| (*of, sum)).collect())
}

/// When the first and the last day began on which the member's link was opened, in UTC; `None` if it never was.
///
/// # Errors
/// If the database fails.
pub async fn days(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<Option<(Timestamp, Timestamp)>, DbErr> {
    let days: Option<(Option<i64>, Option<i64>)> = Entity::find()
        .select_only()
        .column_as(Column::Day.min(), "first_day")
        .column_as(Column::Day.max(), "last_day")
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .into_tuple()
        .one(db)
        .await?;
    let begins = |day: i64| Timestamp::from_millis(day.checked_mul(DAY_MS)?);
    Ok(days.and_then(|(first, last)| Some((begins(first?)?, begins(last?)?))))
}

/// How many registered through the member's link, by channel, in no order.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn joined(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<Vec<(Channel, i64)>, DbErr> {
    let backend = db.get_database_backend();
    let counts: Vec<(Coded<Channel, referral::Entity>, i64)> = referral::Entity::find()
        .select_only()
        .column(referral::Column::Via)
        .column_as(whole(referral::Column::Id.count()), "joined")
        .filter(no_index(backend, referral::Column::SiteId, true).eq(site_id))
        .filter(referral::Column::ReferrerId.eq(referrer_id))
        .filter(referral::Column::Via.is_not_null())
        .group_by(referral::Column::Via)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().map(|(of, count)| (*of, count)).collect())
}

/// Deletes what was counted of the member's link.
pub async fn forget_of(
    db: &impl Write,
    site_id: SiteId,
    referrer_id: MemberId,
) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::ReferrerId.eq(referrer_id))
        .exec(db)
        .await
        .map(|_| ())
}
