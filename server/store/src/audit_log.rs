//! The audit log. Its entries are written in the same transaction as the changes that they
//! describe.

use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select, Set,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

use super::entities::{
    audit_entry::{ActiveModel, Column, Entity, Model},
    user,
};
use crate::{AuditEntryId, SiteId, Timestamp, Write, referral_days::Days};

mod of_referral;

pub use of_referral::{
    FAILURE, REFERRED_BY, REVIEW, VOIDED, forget_referred, of_referral, referral_subject,
};

/// The actor of changes made by command.
pub const COMMAND_LINE: &str = "the command line";
/// The actor of what went on by itself, because the connection to Stripe works again.
pub const CONNECTION: &str = "the Stripe connection";

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

/// Logs the fields whose value changed, and writes a line without the values into the log of the process,
/// which can be collected where nobody changes it.
pub async fn write(
    db: &impl Write,
    change: &Change<'_>,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> Result<(), DbErr> {
    let actor = change.actor.map_or_else(
        || COMMAND_LINE.to_owned(),
        |actor| format!("{} {}", actor.first_name, actor.last_name),
    );
    write_as(db, &actor, change, fields).await
}

/// Like [`write`], for what nobody did: the actor is [`CONNECTION`].
pub async fn write_by_connection(
    db: &impl Write,
    change: &Change<'_>,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> Result<(), DbErr> {
    write_as(db, CONNECTION, change, fields).await
}

async fn write_as(
    db: &impl Write,
    actor: &str,
    change: &Change<'_>,
    fields: impl IntoIterator<Item = Field<'_>>,
) -> Result<(), DbErr> {
    let rows: Vec<_> = fields
        .into_iter()
        .filter(Field::is_changed)
        .map(|field| ActiveModel {
            site_id: Set(change.site_id),
            actor_id: Set(change.actor.map(|actor| actor.id)),
            actor: Set(actor.to_owned()),
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
    for row in &rows {
        tracing::info!(
            log = "audit",
            site = change.site_id.map(SiteId::get),
            by = change.actor.map(|actor| actor.id.get()),
            field = row.field.try_as_ref(),
        );
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

/// The newest changes in the platform program of what is called `name`, or came to be called so, newest first. The
/// subject of such entries is `kind` and the name that it had before the change.
///
/// # Errors
/// If the database fails.
pub async fn of_named(
    db: &impl ConnectionTrait,
    kind: &str,
    name: &str,
    limit: u64,
) -> Result<Vec<Model>, DbErr> {
    let renamed = Condition::all()
        .add(Column::Field.eq("Name"))
        .add(Column::NewValue.eq(name))
        .add(Column::Subject.starts_with(format!("{kind} ")));
    let named = Column::Subject.eq(format!("{kind} {name}"));
    Entity::find()
        .filter(Column::SiteId.is_null())
        .filter(Condition::any().add(named).add(renamed))
        .order_by_desc(Column::Id)
        .limit(limit)
        .all(db)
        .await
}

/// The changes of one field of `subject` on this site, oldest first.
///
/// # Errors
/// If the database fails.
pub async fn of_field(
    db: &impl ConnectionTrait,
    site_id: SiteId,
    subject: &str,
    field: &str,
) -> Result<Vec<Model>, DbErr> {
    about(Some(site_id), subject)
        .filter(Column::Field.eq(field))
        .order_by_asc(Column::Id)
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

/// Which entries of the log are read.
pub struct Wanted<'a> {
    /// A part of who changed something or of what was changed; empty for all.
    pub text: &'a str,
    pub days: Days,
    /// Only entries older than this one.
    pub before: Option<AuditEntryId>,
    pub limit: u64,
}

/// Changes on `site_id`, and in the platform program if `platform`, newest first.
pub async fn list(
    db: &impl ConnectionTrait,
    site_id: Option<SiteId>,
    platform: bool,
    wanted: Wanted<'_>,
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
        .filter(wanted.days.contain(Column::CreatedAt))
        .filter(contains(wanted.text))
        .apply_if(wanted.before, |rows, before| {
            rows.filter(Column::Id.lt(before))
        })
        .order_by_desc(Column::Id)
        .limit(wanted.limit)
        .all(db)
        .await
}

/// Whether who changed something, or what was changed, contains `text`, in any case.
fn contains(text: &str) -> Condition {
    if text.is_empty() {
        return Condition::all();
    }
    let literal = text.to_lowercase().replace('!', "!!");
    let literal = literal.replace('%', "!%").replace('_', "!_");
    let like = LikeExpr::new(format!("%{literal}%")).escape('!');
    let lower = |column: Column| Func::lower(Expr::col(column));
    let columns = [Column::Actor, Column::Subject, Column::Field];
    columns.into_iter().fold(Condition::any(), |any, column| {
        any.add(Expr::expr(lower(column)).like(like.clone()))
    })
}
