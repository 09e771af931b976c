//! A member's second factor; at most one for each member.
use sea_orm::entity::prelude::*;

use crate::columns::{MemberId, SecondFactorId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "second_factors")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: SecondFactorId,
    pub user_id: MemberId,
    /// The secret that the member's authenticator app knows, sealed.
    pub sealed_secret: String,
    /// When the member began to set it up.
    pub begun_at: Timestamp,
    /// When the member proved that the app has it; `None` while it is being set up.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was used, in units of 30 seconds since 1970.
    pub last_step: i64,
    /// `UsedCodes::bits`.
    pub used_codes: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
