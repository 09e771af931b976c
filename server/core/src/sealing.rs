//! Encrypts stored secrets with XChaCha20-Poly1305 under a key derived from `APP_SECRET`.

use std::collections::HashSet;

use anyhow::{Context, anyhow, ensure};
use chacha20poly1305::{
    XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::random::Random;

const NONCE_BYTES: usize = 24;

/// The least number of different characters in `APP_SECRET`. Of 32 random hexadecimal digits, fewer
/// than one in ten million has less.
const DIFFERENT: usize = 8;

/// Encrypts and decrypts secrets.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    fingerprints: Hmac<Sha256>,
    random: Random,
}

impl Sealer {
    /// Derives the keys from `app_secret`.
    ///
    /// # Errors
    /// Fails if the secret has fewer than 32 characters, or only a few different ones.
    pub fn new(app_secret: &str, random: Random) -> anyhow::Result<Self> {
        ensure!(
            app_secret.len() >= 32,
            "APP_SECRET needs at least 32 characters; `openssl rand -hex 32` makes one"
        );
        let different: HashSet<char> = app_secret.chars().collect();
        ensure!(
            different.len() >= DIFFERENT,
            "APP_SECRET is too easy to guess; `openssl rand -hex 32` makes one"
        );
        let draw = |purpose: &[u8]| {
            let mut key = [0; 32];
            Hkdf::<Sha256>::new(None, app_secret.as_bytes())
                .expand(purpose, &mut key)
                .map_err(|error| anyhow!("cannot draw a key: {error}"))?;
            anyhow::Ok(key)
        };
        Ok(Self {
            cipher: XChaCha20Poly1305::new(&draw(b"stripe secrets")?.into()),
            fingerprints: Mac::new_from_slice(&draw(b"fingerprints")?)?,
            random,
        })
    }

    /// A keyed hash that tells whether two contents are the same without storing them. Without
    /// `APP_SECRET` a reader cannot even test a guess.
    pub fn fingerprint(&self, purpose: &str, content: &[u8]) -> String {
        hex::encode(self.mac(purpose, content).finalize().into_bytes())
    }

    /// Whether `typed` is the [`Self::fingerprint`] of the content. Takes as long for a wrong one
    /// as for the right one, so that nobody can feel their way to it.
    pub fn is_fingerprint(&self, purpose: &str, content: &[u8], typed: &str) -> bool {
        let mac = self.mac(purpose, content);
        hex::decode(typed).is_ok_and(|typed| mac.verify_slice(&typed).is_ok())
    }

    fn mac(&self, purpose: &str, content: &[u8]) -> Hmac<Sha256> {
        let mac = self.fingerprints.clone();
        mac.chain_update(purpose)
            .chain_update([0])
            .chain_update(content)
    }

    /// Encrypts `secret` so that it can only be decrypted with the same `purpose`, for instance the
    /// id of the account that it belongs to. A value copied to another row then fails to decrypt.
    ///
    /// # Errors
    /// Fails if the secret is longer than the cipher allows.
    pub fn seal(&self, purpose: &str, secret: &str) -> anyhow::Result<String> {
        let nonce: [u8; NONCE_BYTES] = self.random.bytes();
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: purpose.as_bytes(),
        };
        let sealed = self
            .cipher
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|_| anyhow!("cannot seal"))?;
        Ok(hex::encode([nonce.as_slice(), &sealed].concat()))
    }

    /// Decrypts the output of [`Self::seal`].
    ///
    /// # Errors
    /// Fails if the value was encrypted under another `APP_SECRET` or for another purpose, or was
    /// changed.
    pub fn open(&self, purpose: &str, sealed: &str) -> anyhow::Result<String> {
        let bytes = hex::decode(sealed).context("not a sealed value")?;
        ensure!(bytes.len() > NONCE_BYTES, "not a sealed value");
        let (nonce, sealed) = bytes.split_at(NONCE_BYTES);
        let payload = Payload {
            msg: sealed,
            aad: purpose.as_bytes(),
        };
        let secret = self
            .cipher
            .decrypt(XNonce::from_slice(nonce), payload)
            .map_err(|_| anyhow!("this secret was sealed under another APP_SECRET"))?;
        Ok(String::from_utf8(secret)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealer(secret: &str) -> Sealer {
        Sealer::new(secret, Random::system()).unwrap()
    }

    #[test]
    fn opens_for_its_own_purpose_alone() {
        let sealer = sealer("0123456789abcdef0123456789abcdef");
        let sealed = sealer.seal("account 1", "sk_test_1").unwrap();
        assert!(!sealed.contains("sk_test"));
        assert_eq!(sealer.open("account 1", &sealed).unwrap(), "sk_test_1");
        assert!(sealer.open("account 2", &sealed).is_err());
    }

    #[test]
    fn does_not_open_under_another_secret() {
        let sealed = sealer("0123456789abcdef0123456789abcdef")
            .seal("a", "s")
            .unwrap();
        assert!(
            sealer("fedcba9876543210fedcba9876543210")
                .open("a", &sealed)
                .is_err()
        );
    }

    #[test]
    fn a_fingerprint_tells_content_and_purpose_apart() {
        let one = sealer("0123456789abcdef0123456789abcdef");
        let print = one.fingerprint("call", b"a");
        assert_eq!(print, one.fingerprint("call", b"a"));
        assert_ne!(print, one.fingerprint("call", b"b"));
        assert_ne!(print, one.fingerprint("key", b"a"));
        let other = sealer("fedcba9876543210fedcba9876543210");
        assert_ne!(print, other.fingerprint("call", b"a"));
        assert!(one.is_fingerprint("call", b"a", &print));
        assert!(!one.is_fingerprint("call", b"b", &print));
        assert!(!one.is_fingerprint("call", b"a", &print[2..]));
        assert!(!one.is_fingerprint("call", b"a", "no digits"));
    }

    #[test]
    fn a_short_secret_is_refused() {
        assert!(Sealer::new("short", Random::system()).is_err());
        for easy in ["a".repeat(32), "12".repeat(20), "secret".repeat(8)] {
            assert!(Sealer::new(&easy, Random::system()).is_err(), "{easy}");
        }
    }
}
