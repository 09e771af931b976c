//! A tenant's or a platform brand's site.
use domain::{account::SiteKind, site_profile::Accent};
use sea_orm::entity::prelude::*;
use server_core::zone::Zone;

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
    /// Whether the documentation of the mobile API is shown.
    pub api_docs: bool,
    /// Whether the preview of a link leaves out the first name of who shared it.
    pub previews_without_names: bool,
    /// What members send along with their link; `None` for our own words.
    pub share_message: Option<String>,
    /// What addresses begin with to which Stripe's page may lead back for an app, one in a line; `None` for none.
    pub app_return_addresses: Option<String>,
    /// The iOS apps that open the site's links, one in a line; `None` for none.
    pub ios_apps: Option<String>,
    /// The Android apps that open the site's links, one in a line; `None` for none.
    pub android_apps: Option<String>,
    /// How many days after registering members can name who referred them; 0 for never.
    pub referrer_days: i64,
    /// In which the site's days begin, and in which its times are shown.
    pub time_zone: Coded<Zone, Entity>,
    /// In place of the theme's accent.
    pub accent: Option<Coded<Accent, Entity>>,
    /// A few lines; empty for none.
    pub postal_address: String,
    /// A few lines; empty for none.
    pub opening_hours: String,
    /// Where people write to, and what answers to mails reach.
    pub support_email: Option<String>,
    /// The SHA-256 of the logo's file in hexadecimal; `None` if there is no logo.
    pub logo_hash: Option<String>,
    /// The SHA-256 of the terms in hexadecimal; `None` if there are none.
    pub terms_hash: Option<String>,
    /// The SHA-256 of the privacy policy in hexadecimal; `None` if there is none.
    pub privacy_hash: Option<String>,
    /// Counts changes of what the site says of itself, so that the later of two admins' concurrent
    /// saves is refused.
    pub profile_version: i64,
    /// The sender of the site's mail, `Detroit Arms <hello@detroitarms.com>`; `None` for the
    /// installation's address, with the site's name.
    pub mail_from: Option<String>,
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
