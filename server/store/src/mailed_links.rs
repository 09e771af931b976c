//! What the tables of mailed links have in common: a link works once, until a time, at its site, and
//! the table stores only a hash of its token, so that a reader of the table cannot use it.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Value,
    sea_query::Expr,
};

use super::entities::{email_confirmation, invitation, password_reset, referrer_link};
use crate::{
    EmailConfirmationId, InvitationId, MemberId, PasswordResetId, PlatformReferrerId,
    ReferrerLinkId, SiteId, Timestamp, Write, row_lock::RowLock,
};

/// A table of mailed links.
pub trait MailedLink: EntityTrait {
    type Id: Into<Value>;
    const ID: Self::Column;
    const SITE_ID: Self::Column;
    /// SHA-256 of the token in the link, in hexadecimal digits.
    const TOKEN_HASH: Self::Column;
    /// When the link stops working.
    const EXPIRES_AT: Self::Column;
}

/// A table of links, each of which is a known person's.
pub trait PersonsLink: MailedLink {
    type Person: Into<Value>;
    const PERSON: Self::Column;
}

/// A table of links that anybody asks for by an address, whether or not somebody has it. The link
/// is made later, by a job.
pub trait RequestedLink: PersonsLink {
    const REQUESTED_AT: Self::Column;
}

macro_rules! mailed_links {
    ($($entity:ident, $id:ty;)*) => {
        $(impl MailedLink for $entity::Entity {
            type Id = $id;
            const ID: Self::Column = $entity::Column::Id;
            const SITE_ID: Self::Column = $entity::Column::SiteId;
            const TOKEN_HASH: Self::Column = $entity::Column::TokenHash;
            const EXPIRES_AT: Self::Column = $entity::Column::ExpiresAt;
        })*
    };
}

mailed_links!(
    email_confirmation, EmailConfirmationId;
    invitation, InvitationId;
    password_reset, PasswordResetId;
    referrer_link, ReferrerLinkId;
);

impl PersonsLink for email_confirmation::Entity {
    type Person = MemberId;
    const PERSON: Self::Column = email_confirmation::Column::UserId;
}

impl PersonsLink for password_reset::Entity {
    type Person = MemberId;
    const PERSON: Self::Column = password_reset::Column::UserId;
}

impl RequestedLink for password_reset::Entity {
    const REQUESTED_AT: Self::Column = password_reset::Column::RequestedAt;
}

impl PersonsLink for referrer_link::Entity {
    type Person = PlatformReferrerId;
    const PERSON: Self::Column = referrer_link::Column::PlatformReferrerId;
}

impl RequestedLink for referrer_link::Entity {
    const REQUESTED_AT: Self::Column = referrer_link::Column::RequestedAt;
}

/// The site's link with this token, if it works at `now`.
pub async fn by_token<E: MailedLink>(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    token_hash: &str,
    now: Timestamp,
) -> Result<Option<E::Model>, DbErr> {
    E::find()
        .filter(E::SITE_ID.eq(site_id))
        .filter(E::TOKEN_HASH.eq(token_hash))
        .filter(E::EXPIRES_AT.gt(now))
        .one(db)
        .await
}

/// The request, locked until the end of the transaction.
pub async fn lock<E: RequestedLink>(
    tx: &DatabaseTransaction,
    id: E::Id,
) -> Result<Option<E::Model>, DbErr> {
    E::find().filter(E::ID.eq(id)).locked().one(tx).await
}

/// Records the link that is mailed to a person who asked for it.
pub async fn set_link<E: RequestedLink>(
    db: &impl Write,
    id: E::Id,
    person: E::Person,
    token_hash: String,
    expires_at: Timestamp,
) -> Result<(), DbErr> {
    E::update_many()
        .col_expr(E::PERSON, Expr::value(person))
        .col_expr(E::TOKEN_HASH, Expr::value(token_hash))
        .col_expr(E::EXPIRES_AT, Expr::value(expires_at))
        .filter(E::ID.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends the link; `false` if it has ended before.
pub async fn end<E: MailedLink>(db: &impl Write, id: E::Id) -> Result<bool, DbErr> {
    let ended = E::delete_many().filter(E::ID.eq(id)).exec(db).await?;
    Ok(ended.rows_affected > 0)
}

/// Ends all links of the person.
pub async fn end_all<E: PersonsLink>(db: &impl Write, person: E::Person) -> Result<(), DbErr> {
    E::delete_many()
        .filter(E::PERSON.eq(person))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes links that do not work any more at `now`.
pub async fn sweep_ended<E: MailedLink>(db: &impl Write, now: Timestamp) -> Result<(), DbErr> {
    E::delete_many()
        .filter(E::EXPIRES_AT.lte(now))
        .exec(db)
        .await
        .map(|_| ())
}

/// Deletes requests from before `before`, with their links.
pub async fn sweep_requested<E: RequestedLink>(
    db: &impl Write,
    before: Timestamp,
) -> Result<(), DbErr> {
    E::delete_many()
        .filter(E::REQUESTED_AT.lt(before))
        .exec(db)
        .await
        .map(|_| ())
}

/// Ends every link of the kind.
pub async fn delete_all<E: MailedLink>(db: &impl Write) -> Result<(), DbErr> {
    E::delete_many().exec(db).await.map(|_| ())
}
