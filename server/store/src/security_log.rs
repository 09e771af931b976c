//! The log of what happened to accounts.

use domain::account::{SAME_ENTRY_FOR, SecurityEvent};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Set, sea_query::Expr,
};

use super::entities::security_entry::{ActiveModel, Column, Entity, Model};
use crate::{
    MemberId, SecurityEntryId, SiteId, Timestamp, Write, index_hints::no_index, referral_days::Days,
};

/// What happened to an account, and where.
#[derive(Clone, Copy)]
pub struct Happened<'a> {
    pub site_id: SiteId,
    pub user_id: MemberId,
    pub event: SecurityEvent,
    pub network: &'a str,
    pub device: &'a str,
}

/// Writes an entry, or counts it in one of the same that is not older than [`SAME_ENTRY_FOR`]. It is
/// also a line in the log of the process, which can be collected where nobody changes it.
pub async fn write(db: &impl Write, happened: Happened<'_>, now: Timestamp) -> Result<(), DbErr> {
    tracing::info!(
        log = "security",
        site = happened.site_id.get(),
        member = happened.user_id.get(),
        event = happened.event.code(),
        network = happened.network,
    );
    if count_once_more(db, happened, now).await? {
        return Ok(());
    }
    let row = ActiveModel {
        site_id: Set(happened.site_id),
        user_id: Set(happened.user_id),
        event: Set(happened.event.into()),
        network: Set(happened.network.to_owned()),
        device: Set(happened.device.to_owned()),
        times: Set(1),
        first_at: Set(now),
        last_at: Set(now),
        ..Default::default()
    };
    Entity::insert(row)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

async fn count_once_more(
    db: &impl Write,
    happened: Happened<'_>,
    now: Timestamp,
) -> Result<bool, DbErr> {
    let mut same = Condition::all()
        .add(Column::UserId.eq(happened.user_id))
        .add(Column::Event.eq(happened.event.code()))
        .add(Column::Network.eq(happened.network))
        .add(Column::FirstAt.gt(now - SAME_ENTRY_FOR));
    if happened.event.tells_devices_apart() {
        same = same.add(Column::Device.eq(happened.device));
    }
    let counted = Entity::update_many()
        .col_expr(Column::Times, Expr::col(Column::Times).add(1))
        .col_expr(Column::LastAt, Expr::value(now))
        .filter(same)
        .exec(db)
        .await?;
    Ok(counted.rows_affected > 0)
}

/// Which entries of the log are read.
pub struct Wanted {
    /// Those of these members; `None` for all.
    pub members: Option<Vec<MemberId>>,
    pub event: Option<SecurityEvent>,
    pub days: Days,
    /// Only entries older than this one.
    pub before: Option<SecurityEntryId>,
    pub limit: u64,
}

/// The site's entries, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    wanted: Wanted,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(wanted.days.contain(Column::FirstAt))
        .apply_if(wanted.members, |rows, members| {
            rows.filter(Column::UserId.is_in(members))
        })
        .apply_if(wanted.event, |rows, event| {
            rows.filter(Column::Event.eq(event.code()))
        })
        .apply_if(wanted.before, |rows, before| {
            rows.filter(Column::Id.lt(before))
        })
        .order_by_desc(Column::Id)
        .limit(wanted.limit)
        .all(db)
        .await
}

/// The entries about the member, newest first; with `before`, only entries older than that one.
pub async fn of_member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    before: Option<SecurityEntryId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let by_member = no_index(db.get_database_backend(), Column::SiteId, true);
    Entity::find()
        .filter(by_member.eq(site_id))
        .filter(Column::UserId.eq(user_id))
        .apply_if(before, |rows, before| rows.filter(Column::Id.lt(before)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The last entries about a member that say one of these events.
///
/// # Errors
/// If the database fails, or a row cannot be read.
pub async fn of_member_about(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    events: &[SecurityEvent],
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let by_member = no_index(db.get_database_backend(), Column::SiteId, true);
    Entity::find()
        .filter(by_member.eq(site_id))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::Event.is_in(events.iter().map(|event| event.code())))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Deletes at most `limit` entries of what last happened before `before`, and returns their number.
pub async fn sweep(db: &impl Write, before: Timestamp, limit: u64) -> Result<u64, DbErr> {
    let old = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::LastAt.lt(before))
        .order_by_asc(Column::LastAt)
        .limit(limit)
        .into_query();
    let swept = Entity::delete_many()
        .filter(Column::Id.in_subquery(old))
        .exec(db)
        .await?;
    Ok(swept.rows_affected)
}
