//! The second factor: codes of an authenticator app, and recovery codes for whoever lost it
//! (`docs/rules.md` 71).

use time::Duration;

/// How many recovery codes an account has. Each works once.
pub const RECOVERY_CODES: u8 = 10;

/// How long a second factor may be set up before one begins anew.
pub const SETUP_LASTS: Duration = Duration::minutes(30);

/// How long a code may be typed after the right password.
pub const CODE_AWAITED_FOR: Duration = Duration::minutes(10);

/// A typed code as it is compared: people type it in groups, and in any letters' case.
pub fn read_code(typed: &str) -> String {
    let written = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-');
    written.flat_map(char::to_lowercase).collect()
}

/// The recovery codes that were used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedCodes(u16);

impl UsedCodes {
    pub const NONE: Self = Self(0);

    /// Reads [`Self::bits`] back; `None` if there are no such codes.
    pub fn from_bits(bits: i64) -> Option<Self> {
        let bits = u16::try_from(bits).ok()?;
        (bits >> RECOVERY_CODES == 0).then_some(Self(bits))
    }

    /// The value in the database: one bit for each code.
    pub fn bits(self) -> i64 {
        self.0.into()
    }

    /// The codes with this one; `None` if it was used before.
    pub fn with(self, index: u8) -> Option<Self> {
        let bit = 1_u16.checked_shl(index.into())?;
        (self.0 & bit == 0).then_some(Self(self.0 | bit))
    }

    /// How many codes are left.
    pub fn left(self) -> u32 {
        u32::from(RECOVERY_CODES) - self.0.count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        assert_eq!(read_code(" 123 456 "), "123456");
        assert_eq!(read_code("AbCd2-eF3gh"), "abcd2ef3gh");
    }

    #[test]
    fn each_recovery_code_works_once() {
        let mut used = UsedCodes::NONE;
        for index in 0..RECOVERY_CODES {
            assert_eq!(used.left(), u32::from(RECOVERY_CODES - index));
            used = used.with(index).unwrap();
            assert_eq!(used.with(index), None);
            assert_eq!(UsedCodes::from_bits(used.bits()), Some(used));
        }
        assert_eq!(used.left(), 0);
    }

    #[test]
    fn what_cannot_be_read_is_no_set_of_codes() {
        for bits in [-1, 1 << RECOVERY_CODES, i64::MAX] {
            assert_eq!(UsedCodes::from_bits(bits), None);
        }
    }
}
