//! A customer that a comparison saw at Stripe, and how many rows the ledger had of it.
use sea_orm::entity::prelude::*;

use crate::columns::{ReconciliationId, StripeAccountId};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciled_customers")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub stripe_account_id: StripeAccountId,
    /// `cus_…`.
    pub customer_id: String,
    /// The last comparison that saw it.
    pub reconciliation_id: ReconciliationId,
    /// How many rows the ledger had of it; -1 if its entries are to be read again.
    pub entries: i64,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
