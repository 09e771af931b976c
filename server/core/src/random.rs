//! The source of randomness that is passed to all code that needs it, so that tests can set it.

use std::{fmt, sync::Arc};

use domain::referral::ReferralCode;
use rand::{TryRngCore, rngs::OsRng};

type Fill = dyn Fn(&mut [u8]) + Send + Sync;

/// A source of random bytes.
#[derive(Clone)]
pub struct Random(Arc<Fill>);

impl Random {
    /// The operating system's cryptographic source.
    #[expect(
        clippy::expect_used,
        reason = "without randomness no secret is safe: stop"
    )]
    pub fn system() -> Self {
        Self(Arc::new(|bytes| {
            OsRng
                .try_fill_bytes(bytes)
                .expect("the operating system gives random bytes");
        }))
    }

    /// A source that the caller controls.
    pub fn from_fn(fill: impl Fn(&mut [u8]) + Send + Sync + 'static) -> Self {
        Self(Arc::new(fill))
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        (self.0)(&mut bytes);
        bytes
    }

    /// A random token of 32 hexadecimal digits (128 bits).
    pub fn token(&self) -> String {
        hex::encode(self.bytes::<16>())
    }

    /// A random referral code; draws again if too few of the bytes can be used.
    pub fn referral_code(&self) -> ReferralCode {
        loop {
            if let Some(code) = ReferralCode::from_random(self.bytes::<32>()) {
                return code;
            }
        }
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
