//! An invitation to the staff, until it is accepted, withdrawn or too old.
use domain::account::Role;
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, InvitationId, MemberId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: InvitationId,
    pub site_id: SiteId,
    /// As typed.
    pub email: String,
    /// `Email::key`; unique with the role within the site.
    pub email_key: String,
    pub role: Coded<Role, Entity>,
    /// SHA-256 of the link's token.
    pub token_hash: String,
    pub invited_by_user_id: MemberId,
    pub invited_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
