//! A change that somebody made by hand.
use sea_orm::entity::prelude::*;

use crate::columns::{AuditEntryId, MemberId, SiteId, Timestamp};

/// A change that somebody made by hand.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "audit_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: AuditEntryId,
    /// `None`: of the platform program.
    pub site_id: Option<SiteId>,
    /// `None`: by the command line.
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
