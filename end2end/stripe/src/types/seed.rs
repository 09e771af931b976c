//! The parameters for demo data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Demo data. Whatever exists already, by id, is left alone.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Seed {
    /// The key into whose store it goes.
    pub secret_key: String,
    /// The `Stripe-Account`, if any.
    #[serde(default)]
    pub account: Option<String>,
    /// The customers.
    pub customers: Vec<SeedCustomer>,
}

/// A customer of the demo data.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeedCustomer {
    /// `cus_…`.
    pub id: String,
    /// As Stripe would list it, case kept.
    #[serde(default)]
    pub email: Option<String>,
    /// Full name.
    #[serde(default)]
    pub name: Option<String>,
    /// Seconds since 1970, UTC; `None` is now.
    #[serde(default)]
    pub created: Option<i64>,
    /// The customer's metadata.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
    /// The entries of its balance, oldest first.
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
    /// What the customer reads on the invoice.
    #[serde(default)]
    pub description: Option<String>,
    /// Seconds since 1970, UTC; `None` is now.
    #[serde(default)]
    pub created: Option<i64>,
    /// The entry's metadata.
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}
