//! Demo data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Demo data. Objects whose id exists already are left alone.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The key whose store the data goes to.
    pub secret_key: String,
    /// The `Stripe-Account`, if any.
    #[serde(default)]
    pub account: Option<String>,
    pub customers: Vec<SeedCustomer>,
}

/// A customer of the demo data.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCustomer {
    /// `cus_…`.
    pub id: String,
    /// Case is kept, as at Stripe.
    #[serde(default)]
    pub email: Option<String>,
    #[serde(default)]
    pub name: Option<String>,
    /// Seconds since 1970, UTC; `None` is now.
    #[serde(default)]
    pub created: Option<i64>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// Its balance transactions, oldest first.
    #[serde(default)]
    pub balance_transactions: Vec<SeedTransaction>,
}

/// A balance transaction of the demo data, type `adjustment`.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeedTransaction {
    /// `cbtxn_…`.
    pub id: String,
    /// Cents; negative is a credit.
    pub amount: i64,
    /// Lower case, `usd`.
    pub currency: String,
    /// What the customer reads on an invoice.
    #[serde(default)]
    pub description: Option<String>,
    /// Seconds since 1970, UTC; `None` is now.
    #[serde(default)]
    pub created: Option<i64>,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}
