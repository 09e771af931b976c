//! How often a member's referral link was opened, on one channel and one day.
use domain::sharing::Channel;
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, MemberId, ReferralClickId, SiteId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "referral_clicks")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReferralClickId,
    pub site_id: SiteId,
    /// Whose link it is.
    pub referrer_id: MemberId,
    pub channel: Coded<Channel, Entity>,
    /// The day in UTC, in days since 1970.
    pub day: i64,
    pub clicks: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
