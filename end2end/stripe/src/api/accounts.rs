//! The account of a secret key. All keys of an account, in test and live mode, have the same
//! account id.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{authentication::random_part, call::Call, error::StripeError};

/// `GET /v1/account`. A restricted key may not read it.
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    if call.sent_key.starts_with("rk_") {
        return Err(StripeError::forbidden(&call.sent_key));
    }
    let id = match &call.scope.account {
        Some(connected) => connected.clone(),
        None => id_of(&call.scope.key),
    };
    Ok(json!({
        "id": id,
        "object": "account",
        "business_type": null,
        "charges_enabled": true,
        "country": "US",
        "default_currency": "usd",
        "details_submitted": true,
        "email": null,
        "payouts_enabled": true,
        "type": "standard",
    }))
}

/// Derives the id from the account's first key, without its mode: `sk_test_a` and `sk_live_a`
/// belong to the same account.
fn id_of(first_key: &str) -> String {
    let named = random_part(first_key).unwrap_or(first_key);
    let digest = hex::encode(Sha256::digest(named));
    format!("acct_{}", &digest[..16])
}
