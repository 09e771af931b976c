//! The account of a secret key. All keys of an account, in test and live mode, have the same
//! account id.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    authentication::{Scope, random_part},
    call::Call,
    error::StripeError,
};

/// `GET /v1/account`
pub fn retrieve(call: &mut Call) -> Result<Value, StripeError> {
    Ok(json!({
        "id": id_of(&call.scope),
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

/// The id of a connected account, or one derived from the account's first key without its mode:
/// `sk_test_a` and `sk_live_a` belong to the same account.
pub fn id_of(scope: &Scope) -> String {
    if let Some(connected) = &scope.account {
        return connected.clone();
    }
    let first_key = scope.key.as_str();
    let named = random_part(first_key).unwrap_or(first_key);
    let digest = hex::encode(Sha256::digest(named));
    format!("acct_{}", &digest[..16])
}
