//! The audit log: written in the transaction of the change that it tells of.

use crate::AuditEntryId;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Set,
};

use super::entities::{
    audit_entry::{ActiveModel, Column, Entity, Model},
    user,
};
use crate::Write;
use crate::{SiteId, Timestamp};

/// The name of whoever changes something by the command line.
pub const COMMAND_LINE: &str = "the command line";

/// Who changes what.
pub struct Change<'a> {
    /// Where; `None`: in the platform program.
    pub site_id: Option<SiteId>,
    /// `None`: the command line.
    pub actor: Option<&'a user::Model>,
    /// What: `Settings`, `Product Ladies' Night`.
    pub subject: &'a str,
    /// Milliseconds, UTC.
    pub now: Timestamp,
}

/// One part of it, from what to what. Never a secret.
pub struct Field<'a> {
    /// `Tenant Referral Credit Amount`.
    pub name: &'a str,
    /// `None`: it did not exist.
    pub old: Option<String>,
    /// `None`: it is gone.
    pub new: Option<String>,
}

/// Writes down the fields that changed; one that did not leaves no trace.
pub async fn write(
    db: &impl Write,
    change: &Change<'_>,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> Result<(), DbErr> {
    let actor = change.actor.map_or_else(
        || COMMAND_LINE.to_owned(),
        |actor| format!("{} {}", actor.first_name, actor.last_name),
    );
    let rows: Vec<_> = fields
        .into_iter()
        .filter(|field| field.old != field.new)
        .map(|field| ActiveModel {
            site_id: Set(change.site_id),
            actor_id: Set(change.actor.map(|actor| actor.id)),
            actor: Set(actor.clone()),
            subject: Set(change.subject.to_owned()),
            field: Set(field.name.to_owned()),
            old_value: Set(field.old),
            new_value: Set(field.new),
            created_at: Set(change.now),
            ..Default::default()
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    Entity::insert_many(rows)
        .exec_without_returning(db)
        .await
        .map(|_| ())
}

/// The last change of `subject` on `site_id`; `None`: in the platform program.
pub async fn last(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    subject: &str,
) -> Result<Option<Model>, DbErr> {
    let whose = match site_id {
        Some(site_id) => Column::SiteId.eq(site_id),
        None => Column::SiteId.is_null(),
    };
    Entity::find()
        .filter(whose)
        .filter(Column::Subject.eq(subject))
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// The changes on `site_id`, those of the platform program too if `platform`; newest first, older
/// than the entry `before`.
pub async fn list(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    platform: bool,
    before: Option<AuditEntryId>,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let mut whose = Condition::any();
    if let Some(site_id) = site_id {
        whose = whose.add(Column::SiteId.eq(site_id));
    }
    if platform {
        whose = whose.add(Column::SiteId.is_null());
    }
    if site_id.is_none() && !platform {
        return Ok(Vec::new());
    }
    Entity::find()
        .filter(whose)
        .apply_if(before, |rows, before| rows.filter(Column::Id.lt(before)))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}
