//! A member's or platform referrer's customer at one Stripe account.
use domain::{money::Currency, referral::CustomerSource};
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, MemberId, PlatformReferrerId, StripeAccountId, StripeCustomerRowId, Timestamp,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_customers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: StripeCustomerRowId,
    pub stripe_account_id: StripeAccountId,
    /// The member; `None` for a platform referrer's customer.
    pub user_id: Option<MemberId>,
    pub platform_referrer_id: Option<PlatformReferrerId>,
    /// `cus_…`; `None` until the customer exists.
    pub customer_id: Option<String>,
    /// How the holder got it; `None` if that was not recorded, as before the column.
    pub source: Option<Coded<CustomerSource, Entity>>,
    /// Whether the customer carries our metadata, by which it can be found without this row.
    pub marked: bool,
    /// Whether Stripe must be told the holder's present address.
    pub email_due: bool,
    /// Random, or the id of the first customer: part of the next customer's idempotency key. `None`
    /// in rows older than the column, whose keys contain the person's id.
    pub key_token: Option<String>,
    /// How many customers were created: part of the next customer's idempotency key.
    pub generation: i64,
    /// The balance as Stripe had it at `balance_read_at`; positive is in the customer's favor.
    pub balance_cents: Option<i64>,
    /// The currency of the balance; `None` for the site's currency.
    pub balance_currency: Option<Coded<Currency, Entity>>,
    /// `None` if Stripe must be asked again.
    pub balance_read_at: Option<Timestamp>,
    /// Counts the changes of the balance that we know of, so that what Stripe answered before one is
    /// not stored after it.
    pub balance_version: i64,
    /// The random token of the request that spends from the balance now.
    pub claim_token: Option<String>,
    /// Until when that request has claimed the balance.
    pub claimed_until: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    #[sea_orm(
        belongs_to = "super::stripe_account::Entity",
        from = "Column::StripeAccountId",
        to = "super::stripe_account::Column::Id"
    )]
    Account,
}

impl Related<super::stripe_account::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Account.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
