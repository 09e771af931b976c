//! Idempotency keys: the first response is stored and replayed byte for byte.

use crate::{
    error::StripeError,
    request::api_request::ApiRequest,
    store::{
        Store,
        idempotency::{IdempotencyRecord, StoredResponse},
    },
};

const KEY_LIFETIME: i64 = 24 * 60 * 60;

/// Up to this number of records no sweep is worth its time.
const SWEEP_SIZE: usize = 1000;

/// Starts a request under an idempotency key. Returns the stored response if there is one.
pub fn begin(
    store: &mut Store,
    key: &str,
    request: &ApiRequest,
    now: i64,
) -> Result<Option<StoredResponse>, StripeError> {
    if key.chars().count() > 255 {
        let message = "Idempotency keys must be 255 characters or less.".to_owned();
        return Err(StripeError::idempotency(message));
    }
    // Stripe compares the parameters but does not document whether their order counts. Here it
    // does, so that no client relies on either.
    let params = request.pairs.clone();
    let (name, path) = (request.idempotency_record_name(key), request.path.as_str());
    remove_expired(store, &name, now);
    let Some(record) = store.idempotency_records.get(&name) else {
        let record = IdempotencyRecord {
            path: path.into(),
            params,
            created: now,
            response: None,
        };
        store.idempotency_records.insert(name, record);
        return Ok(None);
    };
    let advice =
        format!("Try using a key other than '{key}' if you meant to execute a different request.");
    if record.path != path {
        return Err(StripeError::idempotency(format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used \
             for ('{path}' vs '{}'). {advice}",
            record.path
        )));
    }
    if record.params != params {
        return Err(StripeError::idempotency(format!(
            "Keys for idempotent requests can only be used with the same parameters they were first \
             used with. {advice}"
        )));
    }
    record
        .response
        .clone()
        .map(Some)
        .ok_or_else(|| StripeError::key_in_use(key))
}

/// Removes the record `name` if it has expired. Removes all expired records once there are twice as
/// many as after the last sweep, because checking all of them in every request would be slow.
fn remove_expired(store: &mut Store, name: &str, now: i64) {
    let is_current = |record: &IdempotencyRecord| {
        record.response.is_none() || now - record.created < KEY_LIFETIME
    };
    if store
        .idempotency_records
        .get(name)
        .is_some_and(|record| !is_current(record))
    {
        store.idempotency_records.remove(name);
    }
    if store.idempotency_records.len() >= store.idempotency_sweep_size.max(SWEEP_SIZE) {
        store
            .idempotency_records
            .retain(|_, record| is_current(record));
        store.idempotency_sweep_size = store.idempotency_records.len() * 2;
    }
}

/// Ends a request under the record `name`. Stores its response, or removes the record if Stripe
/// would not have started to execute it.
pub fn finish(store: &mut Store, name: &str, response: &StoredResponse) {
    if matches!(response.status, 400 | 401 | 403 | 409 | 429) {
        store.idempotency_records.remove(name);
    } else if let Some(record) = store.idempotency_records.get_mut(name) {
        record.response = Some(response.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expired_records_are_removed() {
        let mut store = Store::default();
        let response = StoredResponse {
            status: 200,
            body: String::new(),
            request_id: String::new(),
        };
        let request = ApiRequest {
            method: "POST".into(),
            path: "/".into(),
            pairs: Vec::new(),
            scope: Err(StripeError::internal()),
            idempotency_key: None,
            request_id: String::new(),
            secret_key: None,
        };
        for number in 0..10 * SWEEP_SIZE {
            let key = number.to_string();
            let now = KEY_LIFETIME * (number / SWEEP_SIZE) as i64;
            assert!(matches!(begin(&mut store, &key, &request, now), Ok(None)));
            finish(
                &mut store,
                &request.idempotency_record_name(&key),
                &response,
            );
        }
        assert!(
            store.idempotency_records.len() <= 2 * SWEEP_SIZE,
            "{}",
            store.idempotency_records.len()
        );
        let now = KEY_LIFETIME * 9;
        let replayed = begin(&mut store, "9999", &request, now + KEY_LIFETIME - 1);
        assert!(matches!(replayed, Ok(Some(_))));
        let executed_again = begin(&mut store, "9999", &request, now + KEY_LIFETIME);
        assert!(matches!(executed_again, Ok(None)));
    }
}
