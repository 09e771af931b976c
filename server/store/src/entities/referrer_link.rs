//! A request for a link that signs a platform referrer in.
use sea_orm::entity::prelude::*;

use crate::columns::{PlatformReferrerId, ReferrerLinkId, SiteId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referrer_links")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReferrerLinkId,
    /// The brand's site, at which the link works.
    pub site_id: SiteId,
    /// `Email::account` of the address that was typed. Perhaps nobody has it.
    pub email_account: String,
    pub requested_at: Timestamp,
    /// The platform referrer to whom the link was mailed.
    pub platform_referrer_id: Option<PlatformReferrerId>,
    /// SHA-256 of the token in the link, in hexadecimal digits.
    pub token_hash: Option<String>,
    /// When the link stops working.
    pub expires_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
