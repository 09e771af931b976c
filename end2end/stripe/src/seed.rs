//! Demo data: customers and balances with ids and times of the caller's choosing.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    account::Scope,
    api::{balance_entry, customers},
    books::Store,
    types::{Problem, Seed, SeedCustomer, SeedTransaction},
    world::Shared,
};

/// Plants what is not there yet; the same seed twice changes nothing.
pub fn plant(shared: &Arc<Shared>, seed: Seed) -> Result<(), Problem> {
    shared.change(|world| {
        let scope = Scope {
            key: seed.secret_key,
            account: seed.account,
        };
        let now = world.clock.now();
        let store = world.store(&scope);
        for customer in &seed.customers {
            plant_customer(store, customer, now);
            for transaction in &customer.balance_transactions {
                plant_transaction(store, &customer.id, transaction, now)?;
            }
        }
        Ok(())
    })
}

fn plant_customer(store: &mut Store, seed: &SeedCustomer, now: i64) {
    if store.get("customers", &seed.id).is_some() {
        return;
    }
    let mut customer = customers::blank(&seed.id, seed.created.unwrap_or(now));
    customer["email"] = json!(seed.email);
    customer["name"] = json!(seed.name);
    customer["metadata"] = json!(seed.metadata);
    store.insert("customers", customer);
}

fn plant_transaction(
    store: &mut Store,
    customer: &str,
    seed: &SeedTransaction,
    now: i64,
) -> Result<(), Problem> {
    if store.get("balance_transactions", &seed.id).is_some() {
        return Ok(());
    }
    let Some(customer) = store
        .get_mut("customers", customer)
        .filter(|one| one["deleted"] != true)
    else {
        return Ok(());
    };
    balance_entry::same_currency(customer, &seed.currency)
        .map_err(|_| Problem(format!("{} has another currency than {customer}", seed.id)))?;
    let created = seed.created.unwrap_or(now);
    let mut entry: Value =
        balance_entry::entry(customer, &seed.currency, seed.amount, created, "adjustment");
    entry["id"] = json!(seed.id);
    entry["description"] = json!(seed.description);
    entry["metadata"] = json!(seed.metadata);
    store.insert("balance_transactions", entry);
    Ok(())
}
