//! The store of one account: Stripe's objects as JSON, each kind in the order of its making.

pub mod idempotency;
mod table;

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::{idempotency::IdempotencyRecord, table::Table};

/// Everything of one secret key and `Stripe-Account`.
#[derive(Default, Deserialize, Serialize)]
pub struct Store {
    tables: BTreeMap<String, Table>,
    /// The line items of each session, in the order of the shop.
    #[serde(default)]
    pub line_items: BTreeMap<String, Vec<Value>>,
    /// What a session keeps for later and does not show: `payment_intent_data`, `subscription_data`.
    #[serde(default)]
    pub drafts: BTreeMap<String, Value>,
    /// Results under idempotency keys.
    #[serde(default, rename = "kept")]
    pub idempotency_records: HashMap<String, IdempotencyRecord>,
    /// PaymentStatus many results there may be before the old ones are looked for.
    #[serde(skip)]
    pub idempotency_sweep_size: usize,
}

/// The kinds of object, by the names under which the store list them.
pub const TABLES: [&str; 10] = [
    "customers",
    "balance_transactions",
    "sessions",
    "products",
    "prices",
    "coupons",
    "refunds",
    "payment_intents",
    "subscriptions",
    "events",
];

impl Store {
    /// All of one kind, oldest first, deleted ones too.
    pub fn all(&self, table: &str) -> &[Value] {
        self.tables.get(table).map_or(&[], Table::all)
    }

    pub fn get(&self, table: &str, id: &str) -> Option<&Value> {
        self.tables.get(table)?.get(id)
    }

    pub fn get_mut(&mut self, table: &str, id: &str) -> Option<&mut Value> {
        self.tables.get_mut(table)?.get_mut(id)
    }

    pub fn insert(&mut self, table: &str, object: Value) {
        self.tables
            .entry(table.to_owned())
            .or_default()
            .push(object);
    }

    pub fn remove(&mut self, table: &str, id: &str) {
        if let Some(objects) = self.tables.get_mut(table) {
            objects.remove(id);
        }
    }

    /// PaymentStatus many there are of each kind, for [`Store::roll_back_to`].
    pub fn sizes(&self) -> BTreeMap<String, usize> {
        let sizes = self.tables.iter();
        sizes
            .map(|(table, objects)| (table.clone(), objects.all().len()))
            .collect()
    }

    /// Forgets what a call that was then refused had already made: its products and prices.
    pub fn roll_back_to(&mut self, sizes: &BTreeMap<String, usize>) {
        for (table, objects) in &mut self.tables {
            objects.truncate(sizes.get(table).copied().unwrap_or_default());
        }
    }

    /// The store for a test to look at.
    pub fn dump(&self) -> Map<String, Value> {
        let mut dump = Map::new();
        for table in TABLES {
            dump.insert(table.into(), self.all(table).into());
        }
        dump.insert("line_items".into(), serde_json::json!(self.line_items));
        dump
    }
}
