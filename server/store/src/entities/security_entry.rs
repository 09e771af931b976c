//! An entry of the log of what happened to accounts.
use domain::account::SecurityEvent;
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, MemberId, SecurityEntryId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "security_log")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: SecurityEntryId,
    pub site_id: SiteId,
    /// Whose account it is.
    pub user_id: MemberId,
    pub event: Coded<SecurityEvent, Entity>,
    /// The network from which it came.
    pub network: String,
    /// The browser or the app: `Firefox on Linux`.
    pub device: String,
    /// How often it happened between the two times.
    pub times: i64,
    pub first_at: Timestamp,
    pub last_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
