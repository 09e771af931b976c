//! The header `Stripe-Signature`.

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Returns `t=SECONDS,v1=SIGNATURE`, with one `v1` for each secret. The signature is an HMAC-SHA256
/// of `SECONDS.BODY`. See https://docs.stripe.com/webhooks#verify-manually.
pub fn header(secrets: &[String], seconds: i64, body: &[u8]) -> String {
    let mut header = format!("t={seconds}");
    for secret in secrets {
        // HMAC accepts keys of any length, so this cannot fail.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
            continue;
        };
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body);
        header.push_str(",v1=");
        header.push_str(&hex::encode(mac.finalize().into_bytes()));
    }
    header
}
