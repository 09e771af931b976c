//! Stripe's webhook signature: HMAC-SHA256 over `timestamp.raw body` (Stripe, "Verify webhook
//! signatures manually").

use hmac::{Hmac, Mac};
use sha2::Sha256;

/// How old, or how far ahead of our clock, a signature may be, in seconds (Stripe's own libraries
/// allow five minutes).
pub const TOLERANCE_SECONDS: i64 = 300;

/// Why a delivery is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// The header has no timestamp or no `v1` signature.
    #[error("the Stripe-Signature header is missing or malformed")]
    Malformed,
    /// Too old: perhaps a replay.
    #[error("the signature is more than five minutes away from our clock")]
    Stale,
    /// No secret of ours made any of its signatures.
    #[error("the signature is not made with a secret of this account")]
    WrongSecret,
}

/// Believes `body` if any of our `secrets` made any of the signatures in `header`; while a secret
/// is rotated there are several of each.
///
/// # Errors
/// Why it is not believed.
pub fn verify(
    header: &str,
    body: &[u8],
    secrets: &[String],
    now_unix: i64,
) -> Result<(), NotAuthentic> {
    let (timestamp, signatures) = parse(header).ok_or(NotAuthentic::Malformed)?;
    if (now_unix - timestamp).abs() > TOLERANCE_SECONDS {
        return Err(NotAuthentic::Stale);
    }
    let authentic = secrets.iter().any(|secret| {
        signatures
            .iter()
            .any(|signature| made_with(secret, timestamp, body, signature))
    });
    if authentic {
        Ok(())
    } else {
        Err(NotAuthentic::WrongSecret)
    }
}

fn parse(header: &str) -> Option<(i64, Vec<Vec<u8>>)> {
    let mut timestamp = None;
    let mut signatures = Vec::new();
    for (name, value) in header
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
    {
        match name {
            "t" => timestamp = value.parse().ok().filter(|seconds: &i64| *seconds >= 0),
            "v1" => signatures.extend(hex::decode(value)),
            _ => {}
        }
    }
    (!signatures.is_empty()).then_some((timestamp?, signatures))
}

fn made_with(secret: &str, timestamp: i64, body: &[u8], signature: &[u8]) -> bool {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else {
        return false;
    };
    mac.update(timestamp.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    mac.verify_slice(signature).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn sign(secret: &str, at: i64, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(format!("{at}.").as_bytes());
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    }

    fn check(header: &str, body: &[u8]) -> Result<(), NotAuthentic> {
        verify(header, body, &["whsec_old".into(), "whsec_new".into()], NOW)
    }

    #[test]
    fn any_secret_in_force_is_believed() {
        for secret in ["whsec_old", "whsec_new"] {
            let header = format!("t={NOW},v1={}", sign(secret, NOW, b"{}"));
            assert_eq!(check(&header, b"{}"), Ok(()));
        }
    }

    #[test]
    fn one_good_signature_among_several_is_enough() {
        let header = format!(
            "t={NOW},v1={},v1={},v0=x",
            sign("whsec_other", NOW, b"{}"),
            sign("whsec_new", NOW, b"{}")
        );
        assert_eq!(check(&header, b"{}"), Ok(()));
    }

    #[test]
    fn another_body_or_secret_is_not() {
        let header = format!("t={NOW},v1={}", sign("whsec_new", NOW, b"{\"a\":1}"));
        assert_eq!(
            check(&header, b"{\"a\": 1}"),
            Err(NotAuthentic::WrongSecret)
        );
        let header = format!("t={NOW},v1={}", sign("whsec_other", NOW, b"{}"));
        assert_eq!(check(&header, b"{}"), Err(NotAuthentic::WrongSecret));
    }

    #[test]
    fn five_minutes_are_the_limit() {
        for (age, verdict) in [
            (300, Ok(())),
            (301, Err(NotAuthentic::Stale)),
            (-301, Err(NotAuthentic::Stale)),
        ] {
            let at = NOW - age;
            let header = format!("t={at},v1={}", sign("whsec_new", at, b"{}"));
            assert_eq!(check(&header, b"{}"), verdict, "{age}");
        }
    }

    #[test]
    fn nonsense_is_malformed() {
        for header in [
            "",
            "t=1",
            "v1=00",
            "t=x,v1=00",
            "t=-5,v1=00",
            "t=1,v1=zz",
            "=,=,,",
        ] {
            assert_eq!(
                check(header, b"{}"),
                Err(NotAuthentic::Malformed),
                "{header}"
            );
        }
    }
}
