//! The store of one account and mode: Stripe's objects as JSON, by kind, in the order in which they
//! were created.

pub mod idempotency;
mod table;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::{idempotency::IdempotencyRecord, table::Table};

/// What Stripe does not show of a webhook endpoint that was made by API.
#[derive(Clone, Default, Deserialize, Serialize)]
pub struct WebhookSetup {
    /// The signing secret, `whsec_…`.
    pub secret: String,
    /// Whether it receives the events of connected accounts instead of the account's own.
    pub connect: bool,
}

/// All objects of one secret key and `Stripe-Account`.
#[derive(Default, Deserialize, Serialize)]
pub struct Store {
    tables: BTreeMap<String, Table>,
    /// The line items of each session, by session id.
    #[serde(default)]
    pub line_items: BTreeMap<String, Vec<Value>>,
    /// Parameters of a session that are used when it is completed and that Stripe does not show:
    /// `payment_intent_data`, `subscription_data`.
    #[serde(default)]
    pub drafts: BTreeMap<String, Value>,
    /// The customers and subscriptions whose card is declined.
    #[serde(default)]
    pub declined: BTreeSet<String>,
    /// The fingerprint of the card that pays a subscription, by its id.
    #[serde(default)]
    pub cards: BTreeMap<String, String>,
    /// Balances in cents by customer and currency, without that in the customer's own currency, which
    /// is in the customer object.
    #[serde(default)]
    pub other_balances: BTreeMap<String, BTreeMap<String, i64>>,
    /// By the id of the webhook endpoint.
    #[serde(default)]
    pub webhook_setups: BTreeMap<String, WebhookSetup>,
    /// Responses stored under idempotency keys. The store file calls them `kept`.
    #[serde(default, rename = "kept")]
    pub idempotency_records: HashMap<String, IdempotencyRecord>,
    /// From this number of records on, expired ones are removed.
    #[serde(skip)]
    pub idempotency_sweep_size: usize,
}

/// The kinds of objects, as the control API names them.
pub const TABLES: [&str; 17] = [
    "customers",
    "balance_transactions",
    "sessions",
    "products",
    "prices",
    "coupons",
    "refunds",
    "disputes",
    "payment_intents",
    "charges",
    "subscriptions",
    "invoices",
    "invoice_payments",
    "portal_configurations",
    "portal_sessions",
    "webhook_endpoints",
    "events",
];

impl Store {
    /// All objects of one kind, oldest first, including deleted ones.
    pub fn all(&self, table: &str) -> &[Value] {
        self.tables.get(table).map_or(&[], Table::all)
    }

    /// The objects of one kind that named this customer when they were created, oldest first.
    pub fn of_customer<'a>(
        &'a self,
        table: &str,
        customer: &'a str,
    ) -> impl Iterator<Item = &'a Value> {
        let table = self.tables.get(table).into_iter();
        table.flat_map(move |table| table.of_customer(customer))
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

    /// The number of objects of each kind, for [`Store::roll_back_to`].
    pub fn sizes(&self) -> BTreeMap<String, usize> {
        let sizes = self.tables.iter();
        sizes
            .map(|(table, objects)| (table.clone(), objects.all().len()))
            .collect()
    }

    /// Removes the products and prices that a request had created before it was refused.
    pub fn roll_back_to(&mut self, sizes: &BTreeMap<String, usize>) {
        for (table, objects) in &mut self.tables {
            objects.truncate(sizes.get(table).copied().unwrap_or_default());
        }
    }

    /// All objects as JSON, for tests.
    pub fn dump(&self) -> Map<String, Value> {
        let mut dump = Map::new();
        for table in TABLES {
            dump.insert(table.into(), self.all(table).into());
        }
        dump.insert("line_items".into(), serde_json::json!(self.line_items));
        dump
    }
}
