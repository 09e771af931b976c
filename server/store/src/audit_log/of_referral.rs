//! The entries about one referral. Their subject has the name that the referred person had when they were written, so
//! they are found by the number before it.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseBackend, DbErr, EntityTrait, ExprTrait,
    QueryFilter, QueryOrder, QuerySelect, sea_query::Expr,
};

use crate::{
    SiteId, Write,
    entities::audit_entry::{Column, Entity, Model},
    index_hints::no_index,
};

/// The field of a referral that was written afterwards: `Member 12: ` and the reason.
pub const REFERRED_BY: &str = "Referred by";
/// The field of a credit that was retried: why it had failed.
pub const FAILURE: &str = "Failure";
/// The field of a credit that was under review: what was seen, and what was decided, with the reason.
pub const REVIEW: &str = "Review";
/// The field of a voided referral: what it was before, and the reason.
pub const VOIDED: &str = "Voided";

/// The subject of a referral's entries: `Referral 12 of Jane Doe`. Friends may share a name, so that it has the
/// number, too.
pub fn referral_subject(id: i64, name: &str) -> String {
    format!("Referral {id} of {name}")
}

/// The first changes of the referral with this id on `site_id`, or in the platform program if `None`, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn of_referral(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    id: i64,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    Entity::find()
        .filter(about(db.get_database_backend(), site_id, id))
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// Takes the referred person out of a tenant's entries about a referral: `name` stands in the place of theirs, and
/// the reasons that somebody typed are gone.
///
/// # Errors
/// If the database fails.
pub async fn forget_referred(
    db: &impl Write,
    site_id: SiteId,
    id: i64,
    name: &str,
) -> Result<(), DbErr> {
    let entries = about(db.get_database_backend(), Some(site_id), id);
    Entity::update_many()
        .col_expr(Column::Subject, Expr::value(referral_subject(id, name)))
        .filter(entries.clone())
        .exec(db)
        .await?;
    let with_reason = Entity::find()
        .filter(entries)
        .filter(Column::Field.is_in([REFERRED_BY, REVIEW, VOIDED]))
        .filter(Column::NewValue.is_not_null())
        .all(db)
        .await?;
    for entry in with_reason {
        Entity::update_many()
            .col_expr(Column::NewValue, Expr::value(without_reason(&entry)))
            .filter(Column::Id.eq(entry.id))
            .exec(db)
            .await?;
    }
    Ok(())
}

/// What stands before the reason: `Member 12`, `Approved`. A voided referral has the reason alone.
fn without_reason(entry: &Model) -> Option<String> {
    let value = entry.new_value.as_deref().filter(|_| entry.field != VOIDED);
    let (before, _) = value?.split_once(": ")?;
    Some(before.to_owned())
}

/// In every collation, whatever begins with `of ` sorts from `of` on and before `og`: so both databases read these
/// entries by the index on the subject, which PostgreSQL does not use for a pattern.
fn about(backend: DatabaseBackend, site_id: Option<SiteId>, id: i64) -> Condition {
    let site = no_index(backend, Column::SiteId, true);
    let whose = match site_id {
        Some(site_id) => site.eq(site_id),
        None => site.is_null(),
    };
    Condition::all()
        .add(whose)
        .add(Column::Subject.gte(format!("Referral {id} of")))
        .add(Column::Subject.lt(format!("Referral {id} og")))
        .add(Column::Subject.starts_with(referral_subject(id, "")))
}
