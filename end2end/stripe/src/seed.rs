//! Demo data: customers and balance transactions with ids and times chosen by the caller.

use std::sync::Arc;

use serde_json::json;

use crate::{
    api::{customer_balance, customers},
    authentication::Scope,
    state::SharedState,
    store::Store,
    types::{ControlError, Seed, SeedCustomer, SeedTransaction},
};

/// Inserts the objects that do not exist yet. Inserting the same seed twice changes nothing.
pub fn insert(shared: &Arc<SharedState>, seed: Seed) -> Result<(), ControlError> {
    shared.change(|state| {
        let scope = Scope {
            key: seed.secret_key,
            account: seed.account,
        };
        let now = state.clock.now();
        let store = state.store(&scope);
        for customer in &seed.customers {
            insert_customer(store, customer, now);
            for transaction in &customer.balance_transactions {
                insert_transaction(store, &customer.id, transaction, now)?;
            }
        }
        Ok(())
    })
}

fn insert_customer(store: &mut Store, seed: &SeedCustomer, now: i64) {
    if store.get("customers", &seed.id).is_some() {
        return;
    }
    let mut customer = customers::new_customer(&seed.id, seed.created.unwrap_or(now));
    customer["email"] = json!(seed.email);
    customer["name"] = json!(seed.name);
    customer["metadata"] = json!(seed.metadata);
    store.insert("customers", customer);
}

fn insert_transaction(
    store: &mut Store,
    customer: &str,
    seed: &SeedTransaction,
    now: i64,
) -> Result<(), ControlError> {
    if store.get(customer_balance::TABLE, &seed.id).is_some() {
        return Ok(());
    }
    let currency = customer_balance::parse_currency(&seed.currency, "currency")
        .map_err(|_| ControlError(format!("{} has no valid currency", seed.id)))?;
    let Some(mut changed) = store
        .get("customers", customer)
        .filter(|customer| customer["deleted"] != true)
        .cloned()
    else {
        return Ok(());
    };
    let (amount, created) = (seed.amount, seed.created.unwrap_or(now));
    let mut transaction = customer_balance::change(
        store,
        &mut changed,
        &currency,
        amount,
        created,
        "adjustment",
    );
    transaction["id"] = json!(seed.id);
    transaction["description"] = json!(seed.description);
    transaction["metadata"] = json!(seed.metadata);
    store.insert(customer_balance::TABLE, transaction);
    if let Some(stored) = store.get_mut("customers", customer) {
        *stored = changed;
    }
    Ok(())
}
