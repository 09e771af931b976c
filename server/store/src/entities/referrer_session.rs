//! A browser in which a platform referrer is signed in.
use sea_orm::entity::prelude::*;

use crate::columns::{PlatformReferrerId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referrer_sessions")]
pub struct Model {
    /// SHA-256 of the token in the cookie, in hexadecimal digits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub token_hash: String,
    /// The brand's site, at which it holds.
    pub site_id: SiteId,
    pub platform_referrer_id: PlatformReferrerId,
    pub signed_in_at: Timestamp,
    pub expires_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
