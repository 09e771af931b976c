//! The audit log. Its entries are written in the same transaction as the changes that they
//! describe.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set,
};

use super::entities::{
    audit_entry::{ActiveModel, Column, Entity, Model},
    user,
};
use crate::{AuditEntryId, SiteId, Timestamp, Write};

/// The actor of changes made by command.
pub const COMMAND_LINE: &str = "the command line";

/// A change by a person.
pub struct Change<'a> {
    /// The changed site; `None` for the platform program.
    pub site_id: Option<SiteId>,
    /// The admin; `None` for the command line.
    pub actor: Option<&'a user::Model>,
    /// The changed thing: `Settings`, `Product Ladies' Night`.
    pub subject: &'a str,
    pub now: Timestamp,
}

/// A changed field with its old and new value. Must never contain a secret.
pub struct Field<'a> {
    /// The label, for instance `Tenant Referral Credit Amount`.
    pub name: &'a str,
    /// `None` if the field did not exist before.
    pub old: Option<String>,
    /// `None` if the field no longer exists.
    pub new: Option<String>,
}

impl Field<'_> {
    /// Whether the value is another one now.
    pub fn is_changed(&self) -> bool {
        self.old != self.new
    }
}

/// Logs the fields whose value changed.
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
        .filter(Field::is_changed)
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

/// The last change of `subject` on `site_id`, or in the platform program if `None`.
pub async fn last(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    subject: &str,
) -> Result<Option<Model>, DbErr> {
    about(site_id, subject)
        .order_by_desc(Column::Id)
        .one(db)
        .await
}

/// The first changes of `subject` on `site_id`, or in the platform program if `None`, oldest first.
pub async fn of_subject(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    subject: &str,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    about(site_id, subject)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

fn about(site_id: Option<SiteId>, subject: &str) -> Select<Entity> {
    let whose = match site_id {
        Some(site_id) => Column::SiteId.eq(site_id),
        None => Column::SiteId.is_null(),
    };
    Entity::find()
        .filter(whose)
        .filter(Column::Subject.eq(subject))
}

/// Changes on `site_id`, and in the platform program if `platform`, newest first; with `before`,
/// only entries older than that one.
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
