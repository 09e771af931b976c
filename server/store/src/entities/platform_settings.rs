//! The settings of the platform program: a single row with id 1.
use domain::{
    credit::{CapPeriod, ReviewFrom},
    referral::AttributionModel,
};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, StripeAccountId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "platform_settings")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The credit for one platform referral; 0 means that the program is off.
    pub platform_credit_cents: i64,
    /// How many days a referral is remembered beyond the session; 0 for none.
    pub referral_memory_days: i64,
    /// `None` if Stripe is not connected.
    pub stripe_account_id: Option<StripeAccountId>,
    /// Counts changes, so that the later of two admins' concurrent saves is refused.
    pub version: i64,
    /// Whether a refund of a part takes back as large a part of the credit.
    pub partial_refunds_reverse: bool,
    /// How many days after its payment a credit is issued; 0 for at once.
    pub hold_days: i64,
    /// The least that is paid for a purchase that counts; 0 for any.
    pub least_purchase_cents: i64,
    /// The most credits of one referrer in `cap_period`; `None` for any number.
    pub cap_credits: Option<i64>,
    pub cap_period: Option<Coded<CapPeriod, Entity>>,
    /// From how many signs on a credit waits for a person; `None` if none does.
    pub review_from: Option<Coded<ReviewFrom, Entity>>,
    /// Which link counts of those that one visitor clicked.
    pub attribution_model: Coded<AttributionModel, Entity>,
    /// Counts changes of these terms, which have a form of their own.
    pub terms_version: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
