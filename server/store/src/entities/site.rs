//! A tenant's or a platform brand's site.
use domain::account::SiteKind;
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, SiteId, StripeAccountId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sites")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: SiteId,
    pub key: String,
    pub kind: Coded<SiteKind, Entity>,
    pub name: String,
    pub tagline: String,
    pub theme: String,
    /// Random. It distinguishes installations that share a Stripe account.
    pub realm: String,
    /// `None` if Stripe is not connected.
    pub stripe_account_id: Option<StripeAccountId>,
    /// Whether only who has a second factor may open the console here.
    pub second_factor_required: bool,
    /// Whether only friends who confirmed their address earn their referrer a credit.
    pub confirmed_friends_only: bool,
    pub created_at: Timestamp,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl Related<super::site_settings::Entity> for Entity {
    fn to() -> RelationDef {
        super::site_settings::Relation::Site.def().rev()
    }
}

impl ActiveModelBehavior for ActiveModel {}
