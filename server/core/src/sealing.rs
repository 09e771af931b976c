//! Encrypts stored secrets with XChaCha20-Poly1305 under a key derived from `APP_SECRET`. While that is
//! being replaced, the former one opens too (`docs/rules.md` 150).

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

/// The key of [`Sealer::fingerprint`].
pub type FingerprintKey = [u8; 32];

/// Encrypts and decrypts secrets.
#[derive(Clone)]
pub struct Sealer {
    cipher: XChaCha20Poly1305,
    /// Of `APP_SECRET_OLD`. It only opens.
    old: Option<XChaCha20Poly1305>,
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
        Ok(Self {
            cipher: cipher(app_secret)?,
            old: None,
            fingerprints: Mac::new_from_slice(&Self::fingerprint_key_of(app_secret)?)?,
            random,
        })
    }

    /// Also opens what was sealed under `app_secret_old`. That one is on its way out, so it may be one
    /// that is too easy to guess.
    ///
    /// # Errors
    /// Fails if no key can be derived.
    pub fn also_opening(self, app_secret_old: &str) -> anyhow::Result<Self> {
        Ok(Self {
            old: Some(cipher(app_secret_old)?),
            ..self
        })
    }

    /// Makes fingerprints with this key from now on, and not with one that follows from `APP_SECRET`.
    ///
    /// # Errors
    /// Fails if the key has a wrong length, which it cannot have.
    pub fn with_fingerprint_key(self, key: &FingerprintKey) -> anyhow::Result<Self> {
        Ok(Self {
            fingerprints: Mac::new_from_slice(key)?,
            ..self
        })
    }

    /// The key with which fingerprints were made before they had one of their own.
    ///
    /// # Errors
    /// Fails if it cannot be derived.
    pub fn fingerprint_key_of(app_secret: &str) -> anyhow::Result<FingerprintKey> {
        draw(app_secret, b"fingerprints")
    }

    /// A keyed hash that tells whether two contents are the same without storing them. Without its
    /// key, which is sealed, a reader cannot even test a guess.
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

    /// Decrypts the output of [`Self::seal`], under `APP_SECRET` or the former one.
    ///
    /// # Errors
    /// Fails if the value was encrypted under another `APP_SECRET` or for another purpose, or was
    /// changed.
    pub fn open(&self, purpose: &str, sealed: &str) -> anyhow::Result<String> {
        let old = || {
            self.old
                .as_ref()
                .and_then(|old| opened(old, purpose, sealed))
        };
        let secret = opened(&self.cipher, purpose, sealed).or_else(old);
        let secret = secret.context("this secret was sealed under another APP_SECRET")?;
        Ok(String::from_utf8(secret)?)
    }

    /// The same secret under `APP_SECRET`; `None` if it is under that already.
    ///
    /// # Errors
    /// Fails as [`Self::open`] does.
    pub fn seal_anew(&self, purpose: &str, sealed: &str) -> anyhow::Result<Option<String>> {
        if opened(&self.cipher, purpose, sealed).is_some() {
            return Ok(None);
        }
        self.seal(purpose, &self.open(purpose, sealed)?).map(Some)
    }
}

fn cipher(app_secret: &str) -> anyhow::Result<XChaCha20Poly1305> {
    Ok(XChaCha20Poly1305::new(
        &draw(app_secret, b"stripe secrets")?.into(),
    ))
}

fn draw(app_secret: &str, purpose: &[u8]) -> anyhow::Result<[u8; 32]> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, app_secret.as_bytes())
        .expand(purpose, &mut key)
        .map_err(|error| anyhow!("cannot draw a key: {error}"))?;
    Ok(key)
}

/// The secret, if it was sealed under this cipher and for this purpose. What is sealed is hexadecimal
/// digits alone: a value of another algorithm can be told apart by any other letter before them.
fn opened(cipher: &XChaCha20Poly1305, purpose: &str, sealed: &str) -> Option<Vec<u8>> {
    let bytes = hex::decode(sealed).ok()?;
    let (nonce, msg) = bytes.split_at_checked(NONCE_BYTES)?;
    let aad = purpose.as_bytes();
    cipher
        .decrypt(XNonce::from_slice(nonce), Payload { msg, aad })
        .ok()
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
    fn the_former_secret_opens_and_seals_nothing() {
        const OLD: &str = "an easy one";
        let before = Sealer {
            cipher: cipher(OLD).unwrap(),
            ..sealer("0123456789abcdef0123456789abcdef")
        };
        let sealed = before.seal("account 1", "sk_test_1").unwrap();
        let new = sealer("fedcba9876543210fedcba9876543210");
        let both = new.clone().also_opening(OLD).unwrap();
        assert_eq!(both.open("account 1", &sealed).unwrap(), "sk_test_1");
        assert!(both.open("account 2", &sealed).is_err());
        let anew = both.seal_anew("account 1", &sealed).unwrap().unwrap();
        assert_eq!(new.open("account 1", &anew).unwrap(), "sk_test_1");
        assert!(before.open("account 1", &anew).is_err());
        assert_eq!(both.seal_anew("account 1", &anew).unwrap(), None);
        assert!(new.seal_anew("account 1", &sealed).is_err());
        let written = both.seal("account 1", "sk_test_2").unwrap();
        assert!(new.open("account 1", &written).is_ok());
    }

    #[test]
    fn what_is_no_sealed_value_does_not_open() {
        let sealer = sealer("0123456789abcdef0123456789abcdef");
        let sealed = sealer.seal("a", "s").unwrap();
        let short = &sealed[..2 * NONCE_BYTES];
        for wrong in ["", "0", "zz", short, &format!("1:{sealed}")] {
            assert!(sealer.open("a", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_fingerprint_outlives_the_secret() {
        const OLD: &str = "0123456789abcdef0123456789abcdef";
        let before = sealer(OLD).fingerprint("call", b"a");
        let key = Sealer::fingerprint_key_of(OLD).unwrap();
        let after = sealer("fedcba9876543210fedcba9876543210")
            .with_fingerprint_key(&key)
            .unwrap();
        assert_eq!(after.fingerprint("call", b"a"), before);
        assert!(after.is_fingerprint("call", b"a", &before));
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
