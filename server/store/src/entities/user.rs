//! A member: a person with an account on one site.
use domain::account::{PlatformRole, TenantRole};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, MemberId, SiteId, Timestamp};
use time::Date;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: MemberId,
    pub site_id: SiteId,
    /// Random name of the row in everything that Stripe stores.
    pub token: String,
    /// As typed.
    pub email: String,
    /// `Email::account`; unique within the site.
    pub email_account: String,
    /// `Email::key`; unique within the site. `None` until an earlier row got it, or if another
    /// member's address had it then.
    pub email_key: Option<String>,
    /// Whether another member's address had the key.
    pub email_alike: bool,
    /// Argon2id in PHC format.
    pub password_hash: String,
    pub first_name: String,
    pub last_name: String,
    pub date_of_birth: Date,
    /// `admin` for an owner of the site and else `member`: only the version before reads it.
    pub role: String,
    /// Whether the member owns the platform program: only the version before reads it.
    pub platform_admin: bool,
    /// The role in the site's console, if any.
    pub tenant_role: Option<Coded<TenantRole, Entity>>,
    /// The role in the platform program, if any.
    pub platform_role: Option<Coded<PlatformRole, Entity>>,
    /// Since when the member is kept out; `None` if they are not.
    pub blocked_at: Option<Timestamp>,
    pub referral_code: Option<String>,
    pub referred_by_user_id: Option<MemberId>,
    /// What the member said about who referred them, where nobody is linked.
    pub referred_by_words: Option<String>,
    /// Browser sessions and API tokens with another version are invalid.
    pub session_version: i64,
    /// Where Stripe reaches the member if not at `email`. It signs nobody in.
    pub billing_email: Option<String>,
    /// When the member proved that the address is theirs; `None` if they did not.
    pub email_confirmed_at: Option<Timestamp>,
    /// Whether the member wants no mail about referrals.
    pub mutes_referrals: bool,
    /// Whether an admin wants no mail about what needs attention.
    pub mutes_attention: bool,
    pub created_at: Timestamp,
    /// When the deletion of the account was asked for; nobody signs in since.
    pub deletion_requested_at: Option<Timestamp>,
    /// When the row became a pseudonym.
    pub deleted_at: Option<Timestamp>,
    /// Whether a step of the deletion is left, here or at Stripe.
    pub deletion_due: bool,
    /// When that step is tried again; `None`: at once.
    pub deletion_next_at: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
