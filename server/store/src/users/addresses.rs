//! The addresses of a member: the one that they sign in with, and the one where Stripe reaches them.

use domain::account::{Email, released_address};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, Set,
    sea_query::Expr,
};

use super::{is_held, put_words, spellings};
use crate::{
    MemberId, SiteId, Timestamp, Write,
    entities::user::{Column, Entity, Model},
    is_taken,
};

/// Records that the member's address is theirs.
pub async fn set_confirmed(
    db: &impl Write,
    site_id: SiteId,
    id: MemberId,
    now: Timestamp,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::EmailConfirmedAt, Expr::value(now))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Id.eq(id))
        .filter(Column::EmailConfirmedAt.is_null())
        .exec(db)
        .await
        .map(|_| ())
}

/// Takes the address from the member, if it was never proven; a placeholder takes its place. `false`
/// if it was proven.
pub async fn release_email(db: &impl Write, member: &Model) -> Result<bool, DbErr> {
    if member.email_confirmed_at.is_some() {
        return Ok(false);
    }
    let placeholder = released_address(&member.token);
    let mut changed = member.clone().into_active_model();
    changed.email = Set(placeholder.clone());
    changed.email_account = Set(placeholder.clone());
    changed.email_key = Set(Some(placeholder));
    changed.email_alike = Set(false);
    let changed = changed.update(db).await?;
    spellings::hand_on_key(db, member).await?;
    put_words(db, &changed).await?;
    Ok(true)
}

/// Changes the address, which was proven, and returns the member; `None` if another member of the
/// site has it.
pub async fn set_email(
    db: &impl Write,
    member: &Model,
    email: &Email,
    now: Timestamp,
) -> Result<Option<Model>, DbErr> {
    if is_held(db, member.site_id, email, Some(member.id)).await? {
        return Ok(None);
    }
    let mut changed = member.clone().into_active_model();
    changed.email = Set(email.as_str().to_owned());
    changed.email_account = Set(email.account());
    changed.email_key = Set(Some(email.key()));
    changed.email_alike = Set(false);
    changed.email_confirmed_at = Set(Some(now));
    let changed = match changed.update(db).await {
        Ok(changed) => changed,
        Err(error) if is_taken(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    if member.email_key != changed.email_key {
        spellings::hand_on_key(db, member).await?;
    }
    put_words(db, &changed).await?;
    Ok(Some(changed))
}

/// Sets where Stripe reaches the member; `None`: at the address that they sign in with.
pub async fn set_billing_email(
    db: &impl Write,
    site_id: SiteId,
    id: MemberId,
    address: Option<&str>,
) -> Result<(), DbErr> {
    Entity::update_many()
        .col_expr(Column::BillingEmail, Expr::value(address))
        .filter(Column::SiteId.eq(site_id))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await
        .map(|_| ())
}
