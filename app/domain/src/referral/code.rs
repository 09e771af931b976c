//! Referral codes: eight characters that are easy to read correctly.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The characters of a code, without `0 1 i l o`, which are easily confused.
pub const CODE_ALPHABET: &[u8; 31] = b"23456789abcdefghjkmnpqrstuvwxyz";

/// Number of characters in a code (`docs/rules.md` 1).
pub const CODE_LENGTH: usize = 8;

/// A valid referral code in lower case. It may not belong to anyone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ReferralCode(String);

impl ReferralCode {
    /// Reads a code in any case; `None` if it is not valid.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.len() != CODE_LENGTH {
            return None;
        }
        let code = text.to_ascii_lowercase();
        code.bytes()
            .all(|byte| CODE_ALPHABET.contains(&byte))
            .then_some(Self(code))
    }

    /// Makes a code in which each character is equally likely; bytes that would favor some
    /// characters are skipped. `None` if there are too few bytes.
    pub fn from_random(bytes: impl IntoIterator<Item = u8>) -> Option<Self> {
        const FAIR: usize = (256 / CODE_ALPHABET.len()) * CODE_ALPHABET.len();
        let code: String = bytes
            .into_iter()
            .filter(|byte| usize::from(*byte) < FAIR)
            .map(|byte| char::from(CODE_ALPHABET[usize::from(byte) % CODE_ALPHABET.len()]))
            .take(CODE_LENGTH)
            .collect();
        (code.len() == CODE_LENGTH).then_some(Self(code))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ReferralCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<ReferralCode> for String {
    fn from(code: ReferralCode) -> Self {
        code.0
    }
}

impl TryFrom<String> for ReferralCode {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("not a referral code")
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_codes_of_the_guide_are_codes() {
        for code in ["ab3kx7mn", "q9wm4t2k"] {
            assert_eq!(ReferralCode::parse(code).unwrap().as_str(), code);
        }
    }

    #[test]
    fn case_does_not_matter() {
        assert_eq!(
            ReferralCode::parse("AB3KX7MN"),
            ReferralCode::parse("ab3kx7mn")
        );
    }

    #[test]
    fn everything_else_is_refused() {
        let long = "a".repeat(600);
        for text in [
            "",
            "ab3kx7m",
            "ab3kx7mnp",
            &long,
            "ab3kx7m0",
            "ab3kx7ml",
            "ab3kx7m\0",
            "[b3kx7mn",
            "äb3kx7m",
            "ａb3kx",
        ] {
            assert_eq!(ReferralCode::parse(text), None, "{text:?}");
        }
    }

    #[test]
    fn too_few_random_bytes_make_no_code() {
        assert_eq!(ReferralCode::from_random([255; 100]), None);
    }

    proptest! {
        #[test]
        fn what_is_made_can_be_read(bytes in prop::collection::vec(any::<u8>(), 64)) {
            if let Some(code) = ReferralCode::from_random(bytes) {
                prop_assert_eq!(ReferralCode::parse(code.as_str()), Some(code));
            }
        }

        #[test]
        fn nothing_that_a_person_types_breaks_it(text in "\\PC*") {
            if let Some(code) = ReferralCode::parse(&text) {
                prop_assert_eq!(code.as_str().len(), CODE_LENGTH);
            }
        }
    }
}
