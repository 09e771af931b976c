//! Changes that no API request makes: those of the pages, of the control API and of the clock.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::{
    authentication::Scope,
    call::Call,
    state::{SharedState, StripeState},
    types::ControlError,
};

/// A call of nobody: its events name no request.
pub fn call<'a>(state: &'a mut StripeState, scope: Scope, base_url: &'a str) -> Call<'a> {
    let nobody = json!({ "id": null, "idempotency_key": null });
    Call::new(state, scope, base_url, nobody)
}

/// Finds an object by its id in any store and runs `act` on it.
pub fn with_object<T>(
    shared: &Arc<SharedState>,
    table: &str,
    what: &str,
    id: &str,
    act: impl FnOnce(&mut Call, Value) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    shared.change(|state| {
        let found = state
            .stores
            .iter()
            .find(|(_, store)| store.get(table, id).is_some());
        let Some(scope) = found.map(|(name, _)| Scope::from_name(name)) else {
            return Err(ControlError(format!("there is no {what} {id}")));
        };
        let mut call = call(state, scope, &shared.base_url);
        let object = call.store().get(table, id).cloned().unwrap_or_default();
        act(&mut call, object)
    })
}

/// Runs `act` in the store of a secret key.
pub fn in_store<T>(
    shared: &Arc<SharedState>,
    secret_key: &str,
    act: impl FnOnce(&mut Call) -> Result<T, ControlError>,
) -> Result<T, ControlError> {
    shared.change(|state| {
        let key = state.first_key(secret_key).to_owned();
        let scope = Scope { key, account: None };
        act(&mut call(state, scope, &shared.base_url))
    })
}
