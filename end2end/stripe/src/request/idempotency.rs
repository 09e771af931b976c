//! Idempotency keys: the first result is kept, byte for byte, and replayed.

use crate::{
    books::{
        Store,
        kept::{Answer, Kept},
    },
    error::StripeError,
    request::asked::Asked,
};

const DAY: i64 = 24 * 60 * 60;

/// As many results as are never too many.
const FEW: usize = 1000;

/// Begins a call under a key. `Some` is the answer of an earlier one.
pub fn begin(
    store: &mut Store,
    key: &str,
    asked: &Asked,
    now: i64,
) -> Result<Option<Answer>, StripeError> {
    if key.chars().count() > 255 {
        let message = "Idempotency keys must be 255 characters or less.".to_owned();
        return Err(StripeError::idempotency(message));
    }
    // Stripe says "the same parameters", not in which order: whoever keeps to one order is right either
    // way.
    let params = asked.pairs.clone();
    let (name, path) = (asked.known_as(key), asked.path.as_str());
    forget_old(store, &name, now);
    let Some(kept) = store.kept.get(&name) else {
        let kept = Kept {
            path: path.into(),
            params,
            created: now,
            answer: None,
        };
        store.kept.insert(name, kept);
        return Ok(None);
    };
    let advice =
        format!("Try using a key other than '{key}' if you meant to execute a different request.");
    if kept.path != path {
        return Err(StripeError::idempotency(format!(
            "Keys for idempotent requests can only be used for the same endpoint they were first used \
             for ('{path}' vs '{}'). {advice}",
            kept.path
        )));
    }
    if kept.params != params {
        return Err(StripeError::idempotency(format!(
            "Keys for idempotent requests can only be used with the same parameters they were first \
             used with. {advice}"
        )));
    }
    kept.answer
        .clone()
        .map(Some)
        .ok_or_else(|| StripeError::key_in_use(key))
}

/// Forgets `name` when its day is over, and the other old ones when there are twice as many as were
/// left last time: looking at each of them in every call would be slow.
fn forget_old(store: &mut Store, name: &str, now: i64) {
    let lives = |kept: &Kept| kept.answer.is_none() || now - kept.created < DAY;
    if store.kept.get(name).is_some_and(|kept| !lives(kept)) {
        store.kept.remove(name);
    }
    if store.kept.len() >= store.kept_limit.max(FEW) {
        store.kept.retain(|_, kept| lives(kept));
        store.kept_limit = store.kept.len() * 2;
    }
}

/// Ends a call whose key is known by `name`: keeps the answer, or forgets the key where Stripe would
/// not have begun.
pub fn end(store: &mut Store, name: &str, answer: &Answer) {
    if matches!(answer.status, 400 | 401 | 403 | 409 | 429) {
        store.kept.remove(name);
    } else if let Some(kept) = store.kept.get_mut(name) {
        kept.answer = Some(answer.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_results_do_not_heap_up() {
        let mut store = Store::default();
        let answer = Answer {
            status: 200,
            body: String::new(),
            request_id: String::new(),
        };
        let asked = Asked {
            method: "POST".into(),
            path: "/".into(),
            pairs: Vec::new(),
            scope: Err(StripeError::internal()),
            idempotency_key: None,
            request_id: String::new(),
            secret_key: None,
        };
        for number in 0..10 * FEW {
            let key = number.to_string();
            let now = DAY * (number / FEW) as i64;
            assert!(matches!(begin(&mut store, &key, &asked, now), Ok(None)));
            end(&mut store, &asked.known_as(&key), &answer);
        }
        assert!(store.kept.len() <= 2 * FEW, "{}", store.kept.len());
        let now = DAY * 9;
        let replayed = begin(&mut store, "9999", &asked, now + DAY - 1);
        assert!(matches!(replayed, Ok(Some(_))));
        let begun_anew = begin(&mut store, "9999", &asked, now + DAY);
        assert!(matches!(begun_anew, Ok(None)));
    }
}
