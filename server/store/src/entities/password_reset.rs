//! A request to reset a password.
use sea_orm::entity::prelude::*;

use crate::columns::{MemberId, PasswordResetId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "password_resets")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: PasswordResetId,
    pub site_id: SiteId,
    /// `Email::account` of the address that was typed. Perhaps nobody has it.
    pub email_account: String,
    /// The root URL of the site, as the visitor reached it.
    pub base_url: String,
    pub requested_at: Timestamp,
    /// The member to whom the link was mailed.
    pub user_id: Option<MemberId>,
    /// SHA-256 of the token in the link, in hexadecimal digits.
    pub token_hash: Option<String>,
    /// When the link stops working.
    pub expires_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
