//! The secret of a second factor, and the codes that follow from it.

use anyhow::{Context, anyhow};
use domain::account::{RECOVERY_CODES, read_code};
use hkdf::Hkdf;
use server_core::random::Random;
use sha2::Sha256;
use store::{
    Timestamp,
    entities::{second_factor, user},
};
use totp_rs::{Builder, Totp};

use crate::Engine;

/// 160 bits, as RFC 4226 (4) recommends.
const BYTES: usize = 20;
/// The letters of a recovery code: 32, none of which is taken for another.
const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// A recovery code has 50 bits.
const CODE_LENGTH: usize = 10;

/// What the member's authenticator app knows.
pub struct Secret([u8; BYTES]);

impl Secret {
    pub fn new(random: &Random) -> Self {
        Self(random.bytes())
    }

    /// Opens the secret of `member`'s factor.
    ///
    /// # Errors
    /// If it was sealed under another `APP_SECRET`, or for another member.
    pub fn open(
        engine: &Engine,
        member: &user::Model,
        factor: &second_factor::Model,
    ) -> anyhow::Result<Self> {
        let digits = engine
            .sealer
            .open(&purpose(&member.token), &factor.sealed_secret)
            .context("the second factor cannot be read; `server admin reset` removes it")?;
        let bytes = hex::decode(digits)?;
        let bytes = bytes.try_into().map_err(|_| anyhow!("not a secret"))?;
        Ok(Self(bytes))
    }

    /// The secret as it is stored.
    ///
    /// # Errors
    /// If it cannot be sealed.
    pub fn seal(&self, engine: &Engine, member: &user::Model) -> anyhow::Result<String> {
        let purpose = purpose(&member.token);
        engine.sealer.seal(&purpose, &hex::encode(self.0))
    }

    /// Makes the codes of the app, which shows them under these names. A code is accepted for one step
    /// of 30 seconds before and after its own, since clocks differ.
    ///
    /// # Errors
    /// If the library refuses the secret.
    pub fn totp(&self, issuer: &str, account: &str) -> anyhow::Result<Totp> {
        // A colon separates the two names where an app reads them.
        let name = |text: &str| text.replace(':', " ");
        Ok(Builder::new()
            .with_secret(totp_rs::Secret::new_stack(self.0))
            .with_skew(1)
            .with_issuer(Some(name(issuer)))
            .with_account_name(name(account))
            .build()?)
    }

    /// The recovery codes: `abcde-fghjk`. They follow from the secret, so that no list of them is stored.
    ///
    /// # Errors
    /// If they cannot be derived.
    pub fn recovery_codes(&self) -> anyhow::Result<Vec<String>> {
        (0..RECOVERY_CODES)
            .map(|index| self.recovery_code(index))
            .collect()
    }

    fn recovery_code(&self, index: u8) -> anyhow::Result<String> {
        let mut bytes = [0; CODE_LENGTH];
        Hkdf::<Sha256>::new(None, &self.0)
            .expand_multi_info(&[b"recovery code", &[index]], &mut bytes)
            .map_err(|error| anyhow!("cannot derive a code: {error}"))?;
        let letters = bytes.map(|byte| char::from(LETTERS[usize::from(byte) % LETTERS.len()]));
        let (left, right) = letters.split_at(CODE_LENGTH / 2);
        let text = |half: &[char]| half.iter().collect::<String>();
        Ok(format!("{}-{}", text(left), text(right)))
    }

    /// Which recovery code `code` ([`read_code`]) is.
    ///
    /// # Errors
    /// If they cannot be derived.
    pub fn recovery_index(&self, code: &str) -> anyhow::Result<Option<u8>> {
        let codes = self.recovery_codes()?;
        let index = codes.iter().position(|known| read_code(known) == code);
        Ok(index.and_then(|index| u8::try_from(index).ok()))
    }
}

/// The time as an app counts it.
///
/// # Errors
/// If it is before 1970.
pub fn unix_seconds(now: Timestamp) -> anyhow::Result<u64> {
    Ok(now.moment().unix_timestamp().try_into()?)
}

/// What the secret of the member with this token is sealed for.
pub fn purpose(member: &str) -> String {
    format!("second factor {member}")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: Secret = Secret(*b"12345678901234567890");

    /// The vectors of RFC 6238 (appendix B) for SHA-1, in six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = SECRET.totp("Detroit Arms", "mia@example.com").unwrap();
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_234_567_890, "005924"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.generate(time).to_string(), code);
            assert_eq!(totp.check(code, time), Some(time / 30));
            assert_eq!(totp.check(code, time + 30), Some(time / 30));
            assert_eq!(totp.check(code, time + 60), None);
        }
    }

    #[test]
    fn recovery_codes_differ_and_are_found() {
        let codes = SECRET.recovery_codes().unwrap();
        assert_eq!(codes.len(), usize::from(RECOVERY_CODES));
        for (index, code) in codes.iter().enumerate() {
            assert_eq!(code.len(), CODE_LENGTH + 1);
            let found = SECRET.recovery_index(&read_code(code)).unwrap();
            assert_eq!(found.map(usize::from), Some(index), "{code}");
        }
        assert_eq!(SECRET.recovery_index("abcde12345").unwrap(), None);
    }

    #[test]
    fn an_app_can_read_the_address() {
        let totp = SECRET.totp("Range: Detroit", "mia@example.com").unwrap();
        let url = totp.to_url().unwrap();
        assert!(
            url.starts_with("otpauth://totp/Range%20%20Detroit:mia"),
            "{url}"
        );
    }
}
