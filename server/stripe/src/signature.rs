//! Verifies Stripe's webhook signature, an HMAC-SHA256 of `timestamp.raw body` (Stripe, "Verify
//! webhook signatures manually").

use hmac::{Hmac, Mac, digest::CtOutput};
use sha2::Sha256;

/// How many seconds a signature's timestamp may differ from our clock (Stripe's own libraries allow
/// five minutes).
pub const TOLERANCE_SECONDS: i64 = 300;

/// Why a delivery is not authentic.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAuthentic {
    /// The header has no timestamp or no `v1` signature.
    #[error("the Stripe-Signature header is missing or malformed")]
    Malformed,
    /// The timestamp is too far from our clock; the delivery may be a replay.
    #[error("the signature is more than five minutes away from our clock")]
    Stale,
    /// None of the signatures was made with one of our signing secrets.
    #[error("the signature is not made with a secret of this account")]
    WrongSecret,
}

/// The most `v1` signatures that we read from a header. Stripe sends one for each active secret:
/// two while a secret is being rolled.
pub const MOST_SIGNATURES: usize = 8;

/// HMAC-SHA256 of a delivery; comparisons take constant time.
type Signature = CtOutput<Hmac<Sha256>>;

/// Accepts `body` if one of our `secrets` made one of the signatures in `header`; there are several
/// of each while a secret is being rolled. Hashes `body` at most once for each secret.
///
/// # Errors
/// [`NotAuthentic`] says why the delivery is rejected.
pub fn verify(
    header: &str,
    body: &[u8],
    secrets: &[String],
    now_unix: i64,
) -> Result<(), NotAuthentic> {
    let signed = Signed::parse(header, now_unix)?;
    let timestamp = signed.timestamp.to_string();
    signed.by_any(secrets, |secret| sign(secret, &timestamp, body))
}

/// The parsed header.
struct Signed {
    timestamp: i64,
    signatures: Vec<Signature>,
}

impl Signed {
    fn parse(header: &str, now_unix: i64) -> Result<Self, NotAuthentic> {
        let (timestamp, signatures) = parse(header).ok_or(NotAuthentic::Malformed)?;
        if (now_unix - timestamp).abs() > TOLERANCE_SECONDS {
            return Err(NotAuthentic::Stale);
        }
        Ok(Self {
            timestamp,
            signatures,
        })
    }

    /// Calls `sign` once for each secret until a result matches a signature.
    fn by_any(
        &self,
        secrets: &[String],
        mut sign: impl FnMut(&str) -> Option<Signature>,
    ) -> Result<(), NotAuthentic> {
        let mut ours = secrets.iter().filter_map(|secret| sign(secret));
        match ours.any(|ours| self.signatures.contains(&ours)) {
            true => Ok(()),
            false => Err(NotAuthentic::WrongSecret),
        }
    }
}

fn parse(header: &str) -> Option<(i64, Vec<Signature>)> {
    let (mut timestamp, mut sent) = (None, Vec::new());
    for (name, value) in header
        .split(',')
        .filter_map(|part| part.trim().split_once('='))
    {
        match name {
            "t" => timestamp = value.parse().ok().filter(|seconds: &i64| *seconds >= 0),
            "v1" if sent.len() < MOST_SIGNATURES => sent.push(value),
            _ => {}
        }
    }
    let signatures: Vec<_> = sent.into_iter().filter_map(read).collect();
    (!signatures.is_empty()).then_some((timestamp?, signatures))
}

/// Reads a signature: 64 hexadecimal digits.
fn read(hexadecimal: &str) -> Option<Signature> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(hexadecimal, &mut bytes).ok()?;
    Some(Signature::new(bytes.into()))
}

fn sign(secret: &str, timestamp: &str, body: &[u8]) -> Option<Signature> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    Some(mac.finalize())
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

    /// A list of `count` signatures that no secret made.
    fn wrong(count: usize) -> String {
        let one = |number| format!(",v1={number:064x}");
        (0..count).map(one).collect()
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

    /// A header has room for 66,000 signatures; without the limit each costs a hash per secret.
    #[test]
    fn the_body_is_hashed_once_for_each_secret() {
        let secrets = ["whsec_a", "whsec_b", "whsec_c"].map(str::to_owned);
        let header = format!("t={NOW}{}", wrong(66_000));
        let signed = Signed::parse(&header, NOW).unwrap();
        assert_eq!(signed.signatures.len(), MOST_SIGNATURES);
        let mut hashed = Vec::new();
        let verdict = signed.by_any(&secrets, |secret| {
            hashed.push(secret.to_owned());
            super::sign(secret, "0", b"{}")
        });
        assert_eq!(
            (verdict, hashed.as_slice()),
            (Err(NotAuthentic::WrongSecret), &secrets[..])
        );
    }

    #[test]
    fn a_ninth_signature_is_not_read() {
        let right = sign("whsec_new", NOW, b"{}");
        let header = |before| format!("t={NOW}{},v1={right}", wrong(before));
        assert_eq!(check(&header(7), b"{}"), Ok(()));
        assert_eq!(check(&header(8), b"{}"), Err(NotAuthentic::WrongSecret));
    }

    #[test]
    fn a_signature_of_another_length_is_none() {
        let right = sign("whsec_new", NOW, b"{}");
        for other in ["00", &right[..62], &format!("{right}00")] {
            let header = format!("t={NOW},v1={other}");
            assert_eq!(
                check(&header, b"{}"),
                Err(NotAuthentic::Malformed),
                "{other}"
            );
        }
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
