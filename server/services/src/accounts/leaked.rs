//! Passwords that were leaked elsewhere, which attackers try before any others. Nobody is asked: the
//! list is part of the program.

use domain::account::leaked_form;
use sha2::{Digest, Sha256};

/// Bytes of a hash that are kept: among so few, no other password has the same ones.
pub const PREFIX: usize = 5;

/// Prefixes of the passwords' hashes, in order. `leaked/README.md` says where they come from and how
/// the file is made.
static PREFIXES: &[u8] = include_bytes!("leaked/prefixes.bin");

/// What the list holds of a password.
pub fn prefix(password: &str) -> [u8; PREFIX] {
    let hash = Sha256::digest(leaked_form(password));
    std::array::from_fn(|byte| hash[byte])
}

/// Whether the password is on the list, in any case and with any signs or year.
pub fn is_leaked(password: &str) -> bool {
    let (prefixes, _) = PREFIXES.as_chunks::<PREFIX>();
    prefixes.binary_search(&prefix(password)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole_and_in_order() {
        let (prefixes, rest) = PREFIXES.as_chunks::<PREFIX>();
        assert!(
            rest.is_empty() && prefixes.len() > 40_000,
            "{}",
            prefixes.len()
        );
        assert!(prefixes.is_sorted_by(|one, next| one < next));
    }

    #[test]
    fn leaked_passwords_are_known_and_others_are_not() {
        for password in [
            "password123",
            "Welcome123!",
            "Summer2026!",
            "DRAGON!!",
            "nikita2000",
            "nikita2026",
        ] {
            assert!(is_leaked(password), "{password}");
        }
        for password in [
            "securepassword",
            "range-day-2026",
            "correct horse battery",
            "xk4-Tq9!vb",
        ] {
            assert!(!is_leaked(password), "{password}");
        }
    }
}
