//! A notification: a sentence to a member.
use sea_orm::entity::prelude::*;

use crate::columns::{CreditId, MemberId, NotificationId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "notifications")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: NotificationId,
    pub site_id: SiteId,
    pub user_id: MemberId,
    /// The credit that it announces; each credit has at most one notification.
    pub credit_id: Option<CreditId>,
    pub text: String,
    pub read_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
