//! A comparison of Stripe's balances with the ledger.
use domain::credit::{BooksOutcome, Program};
use sea_orm::entity::prelude::*;

use crate::columns::{Coded, ReconciliationId, SiteId, StripeAccountId, Timestamp};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "reconciliations")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: ReconciliationId,
    pub program: Coded<Program, Entity>,
    /// 0 for the platform program.
    pub site_id: SiteId,
    /// `None` if Stripe was not connected.
    pub stripe_account_id: Option<StripeAccountId>,
    pub started_at: Timestamp,
    /// `None` while it goes on. A program has one such row at most.
    pub finished_at: Option<Timestamp>,
    pub outcome: Option<Coded<BooksOutcome, Entity>>,
    /// `cus_…`: after which the next page begins; `None` for the first page. Empty once
    /// all were compared.
    pub page_after: Option<String>,
    /// How many pages were read.
    pub pages: i64,
    /// How many customers of ours were compared.
    pub customers: i64,
    /// The random token of the process that compares now.
    pub claim_token: Option<String>,
    pub claimed_until: Option<Timestamp>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
