//! A change made by an admin or by command.
use sea_orm::entity::prelude::*;

use crate::columns::{AuditEntryId, MemberId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AuditEntryId,
    /// `None` for the platform program.
    pub site_id: Option<SiteId>,
    /// `None` for the command line.
    pub actor_id: Option<MemberId>,
    pub actor: String,
    pub subject: String,
    pub field: String,
    pub old_value: Option<String>,
    pub new_value: Option<String>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
