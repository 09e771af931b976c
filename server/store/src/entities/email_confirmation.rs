//! A link that proves that an e-mail address is a member's; at most one for each member.
use sea_orm::entity::prelude::*;

use crate::columns::{EmailConfirmationId, MemberId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "email_confirmations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: EmailConfirmationId,
    pub site_id: SiteId,
    pub user_id: MemberId,
    /// As typed: the member's address, or the one that they want to have.
    pub email: String,
    /// SHA-256 of the token in the link, in hexadecimal digits.
    pub token_hash: String,
    pub requested_at: Timestamp,
    /// When the link stops working.
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
