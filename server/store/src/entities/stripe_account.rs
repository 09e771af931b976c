//! A Stripe account with its encrypted secrets.
use sea_orm::entity::prelude::*;

use crate::columns::{SiteId, StripeAccountId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_accounts")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: StripeAccountId,
    /// Random; the last segment of the webhook endpoint's URL.
    pub public_id: String,
    pub secret_key_sealed: String,
    pub secret_key_last4: String,
    /// An encrypted JSON list; it has several secrets while one is being rolled.
    pub webhook_secrets_sealed: String,
    pub livemode: bool,
    /// The tenant's site; `None` for the platform's account.
    pub site_id: Option<SiteId>,
    /// `acct_…`; `None` until Stripe has said it.
    pub stripe_account: Option<String>,
    /// Whether it is the platform's account. Its events are about platform subscriptions; a
    /// tenant's never are.
    pub platform: bool,
    /// Counts changes of the keys, so that the later of two admins' concurrent saves is refused.
    pub version: i64,
    pub created_at: Timestamp,
    /// When Stripe last accepted the secret key, as far as it was worth a note.
    pub key_worked_at: Option<Timestamp>,
    /// When Stripe last rejected it.
    pub key_rejected_at: Option<Timestamp>,
    /// When a delivery was last refused, because no signing secret had made its signature.
    pub refused_at: Option<Timestamp>,
    /// When Stripe was first asked about a payment whose event did not come since.
    pub unannounced_at: Option<Timestamp>,
    /// When Stripe last refused to let the key, which works otherwise, write a coupon; `None` once it did.
    pub coupons_refused_at: Option<Timestamp>,
    /// `we_…`: the webhook endpoint that we created.
    pub endpoint_id: Option<String>,
    /// When we created it.
    pub endpoint_at: Option<Timestamp>,
    /// Which list of events it sends: `EVENTS_VERSION` at the time.
    pub endpoint_events: i64,
    /// A JSON list of `we_…`: endpoints that it replaces.
    pub retiring_endpoints: Option<String>,
    /// `bpc_…`: the configuration of the billing portal that we created.
    pub portal_configuration: Option<String>,
    /// The address of its login page, which may be shown to anybody.
    pub portal_login_url: Option<String>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
