//! A customer of one Stripe account: a member's or a partner's.
use domain::money::Currency;
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, MemberId, PlatformReferrerId, StripeAccountId, StripeCustomerRowId, Timestamp,
};

/// A customer of one Stripe account: a member's or a partner's.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stripe_customers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: StripeCustomerRowId,
    pub stripe_account_id: StripeAccountId,
    /// The member whose it is; `None` for a partner's.
    pub user_id: Option<MemberId>,
    pub platform_referrer_id: Option<PlatformReferrerId>,
    /// `cus_…`; `None` until there is one.
    pub customer_id: Option<String>,
    /// Our metadata is on it, so that it can be found again without this row.
    pub marked: bool,
    /// Random, or what Stripe calls the first customer: part of the idempotency key of the next one;
    /// `None` for rows older than the column, whose keys are made of the holder's number.
    pub key_token: Option<String>,
    /// How many were made: part of the key of the next one.
    pub generation: i64,
    /// Credit as Stripe had it at `balance_read_at`, in favour of the holder.
    pub balance_cents: Option<i64>,
    /// The currency that Stripe keeps the balance in; `None`: the site's.
    pub balance_currency: Option<Coded<Currency, Entity>>,
    pub balance_read_at: Option<Timestamp>,
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
