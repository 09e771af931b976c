//! The card that pays. Nobody types one, so that each buyer has a card of its own unless a test says
//! otherwise.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::call::Call;

/// The fingerprint of the card with this name. One account sees the same card as the same
/// fingerprint, another one as another.
pub fn fingerprint(call: &Call, name: &str) -> String {
    let account = crate::api::accounts::id_of(&call.scope);
    let digest = Sha256::digest(format!("{account} {}", name.to_lowercase()));
    hex::encode(digest)[..16].to_owned()
}

/// A charge's `payment_method_details`.
pub fn details(fingerprint: &str) -> Value {
    json!({
        "card": {
            "brand": "visa",
            "checks": {
                "address_line1_check": null,
                "address_postal_code_check": null,
                "cvc_check": "pass",
            },
            "country": "US",
            "exp_month": 8,
            "exp_year": 2035,
            "fingerprint": fingerprint,
            "funding": "credit",
            "last4": "4242",
            "network": "visa",
            "three_d_secure": null,
            "wallet": null,
        },
        "type": "card",
    })
}
