//! The outbox of mail. A row is written in the transaction of what it tells, and a job sends it.

use domain::mail::{MailKind, MailState};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select, Set, TryInsertResult, sea_query::Expr,
};

use super::entities::mail::{ActiveModel, Column, Entity, Model};
use crate::{MailId, MemberId, PurchaseId, SiteId, Timestamp, Write};

/// A mail that was just written.
pub struct NewMail<'a> {
    pub site_id: SiteId,
    pub user_id: Option<MemberId>,
    pub kind: MailKind,
    pub address: &'a str,
    pub subject: &'a str,
    /// The purchase whose receipt it is.
    pub purchase_id: Option<PurchaseId>,
    /// `None` for a receipt, which is written when it is sent.
    pub sealed_body: Option<String>,
    pub token: String,
}

/// Puts a mail into the outbox; it is due at once. `None` if the purchase has its receipt. A conflict
/// does not abort the caller's transaction.
pub async fn insert(
    db: &impl Write,
    new: NewMail<'_>,
    now: Timestamp,
) -> Result<Option<MailId>, DbErr> {
    let row = ActiveModel {
        site_id: Set(new.site_id),
        user_id: Set(new.user_id),
        kind: Set(new.kind.into()),
        address: Set(new.address.to_owned()),
        subject: Set(new.subject.to_owned()),
        purchase_id: Set(new.purchase_id),
        sealed_body: Set(new.sealed_body),
        token: Set(new.token),
        state: Set(MailState::Due.into()),
        attempts: Set(0),
        next_attempt_at: Set(Some(now)),
        created_at: Set(now),
        ..Default::default()
    };
    let inserted = Entity::insert(row)
        .on_conflict_do_nothing_on([Column::PurchaseId])
        .exec(db)
        .await?;
    Ok(match inserted {
        TryInsertResult::Inserted(inserted) => Some(inserted.last_insert_id),
        TryInsertResult::Empty | TryInsertResult::Conflicted => None,
    })
}

pub async fn by_id(db: &impl ConnectionTrait, id: MailId) -> Result<Option<Model>, DbErr> {
    Entity::find_by_id(id).one(db).await
}

/// The mails to the member, newest first; with `before`, only older ones.
pub async fn of_member(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    user_id: MemberId,
    before: Option<MailId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::UserId.eq(user_id))
        .apply_if(before, |rows, before| rows.filter(Column::Id.lt(before)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Keeps other jobs from sending the mail until `until`; `false` if one has it, or it changed since it
/// was read.
pub async fn claim(db: &impl Write, mail: &Model, until: Timestamp) -> Result<bool, DbErr> {
    let claimed = Entity::update_many()
        .col_expr(Column::NextAttemptAt, Expr::value(until))
        .filter(Column::Id.eq(mail.id))
        .filter(Column::State.eq(MailState::Due.code()))
        .filter(Column::NextAttemptAt.eq(mail.next_attempt_at))
        .exec(db)
        .await?;
    Ok(claimed.rows_affected > 0)
}

/// Records that the mail was sent. Its text is deleted.
pub async fn set_sent(db: &impl Write, id: MailId, now: Timestamp) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(MailState::Sent.code()))
        .col_expr(Column::SealedBody, Expr::value(None::<String>))
        .col_expr(Column::NextAttemptAt, Expr::value(None::<Timestamp>))
        .col_expr(Column::EndedAt, Expr::value(now))
        .filter(Column::Id.eq(id))
        .filter(Column::State.eq(MailState::Due.code()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Records a failed attempt: the next one is at `next`, or the mail is given up and its text
/// deleted. Nothing is changed if the mail has had another attempt since it was read.
pub async fn set_error(
    db: &impl Write,
    mail: &Model,
    error: &str,
    next: Option<Timestamp>,
    now: Timestamp,
) -> Result<(), DbErr> {
    let mut update = Entity::update_many()
        .col_expr(Column::Attempts, Expr::value(mail.attempts + 1))
        .col_expr(Column::Error, Expr::value(error))
        .col_expr(Column::NextAttemptAt, Expr::value(next));
    if next.is_none() {
        update = update
            .col_expr(Column::State, Expr::value(MailState::Failed.code()))
            .col_expr(Column::SealedBody, Expr::value(None::<String>))
            .col_expr(Column::EndedAt, Expr::value(now));
    }
    update
        .filter(Column::Id.eq(mail.id))
        .filter(Column::State.eq(MailState::Due.code()))
        .filter(Column::Attempts.eq(mail.attempts))
        .exec(db)
        .await
        .map(|_| ())
}

/// The mails that have been due since `before`, with their failed attempts.
pub async fn overdue(
    db: &impl ConnectionTrait,
    before: Timestamp,
    limit: u64,
) -> Result<Vec<(MailId, i64)>, DbErr> {
    Entity::find()
        .filter(Column::NextAttemptAt.lte(before))
        .order_by_asc(Column::NextAttemptAt)
        .limit(limit)
        .select_only()
        .column(Column::Id)
        .column(Column::Attempts)
        .into_tuple()
        .all(db)
        .await
}

/// The site's mails that were given up, newest first.
pub async fn failed_of(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    failed(site_id)
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// How many of the site's mails were given up, up to `most`.
pub async fn count_failed(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    most: u64,
) -> Result<u64, DbErr> {
    let ids: Vec<MailId> = failed(site_id)
        .select_only()
        .column(Column::Id)
        .limit(most)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids.len() as u64)
}

fn failed(site_id: SiteId) -> Select<Entity> {
    kept()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::State.eq(MailState::Failed.code()))
}

/// Deletes the site's mails that were given up, up to the one with the id `last`.
pub async fn forget_failed(db: &impl Write, site_id: SiteId, last: MailId) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::State.eq(MailState::Failed.code()))
        .filter(Column::Id.lte(last))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes the mails that are not sent yet.
pub async fn delete_due(db: &impl Write) -> Result<(), DbErr> {
    Entity::delete_many()
        .filter(Column::State.eq(MailState::Due.code()))
        .exec(db)
        .await
        .map(|_| ())
}

/// Takes address, subject and the mail server's words off at most `limit` mails that were sent or given
/// up before `before`; kind and times stay. Returns how many there were.
pub async fn blank(db: &impl Write, before: Timestamp, limit: u64) -> Result<u64, DbErr> {
    let ended = kept()
        .select_only()
        .column(Column::Id)
        .filter(Column::EndedAt.lt(before))
        .order_by_asc(Column::EndedAt)
        .limit(limit)
        .into_query();
    let blanked = Entity::update_many()
        .col_expr(Column::Address, Expr::value(""))
        .col_expr(Column::Subject, Expr::value(""))
        .col_expr(Column::Error, Expr::value(None::<String>))
        .filter(Column::Id.in_subquery(ended))
        .exec(db)
        .await?;
    Ok(blanked.rows_affected)
}

/// The mails that still say to whom they went.
fn kept() -> Select<Entity> {
    // Written out, because SQLite uses a partial index only for a condition without parameters.
    Entity::find().filter(Expr::cust("address <> ''"))
}
