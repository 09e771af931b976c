//! What differed between a customer's balance at Stripe and the ledger.
use domain::{
    credit::{Difference, DifferenceState},
    money::Currency,
};
use sea_orm::entity::prelude::*;

use crate::columns::{
    Coded, MemberId, PlatformReferrerId, ReconciliationDifferenceId, ReconciliationId,
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliation_differences")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReconciliationDifferenceId,
    pub reconciliation_id: ReconciliationId,
    /// `cus_…`.
    pub customer_id: String,
    /// The member; `None` for a platform referrer's customer, or if nobody has it.
    pub user_id: Option<MemberId>,
    pub platform_referrer_id: Option<PlatformReferrerId>,
    pub kind: Coded<Difference, Entity>,
    pub state: Coded<DifferenceState, Entity>,
    /// Our key, or `cbtxn_…` of what others did: the same in each comparison.
    pub reference: String,
    /// Above zero in the customer's favor.
    pub amount_cents: i64,
    /// The balance at Stripe, above zero in the customer's favor.
    pub stripe_cents: i64,
    /// What the ledger said.
    pub ledger_cents: i64,
    pub currency: Coded<Currency, Entity>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
