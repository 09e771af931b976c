//! The bytes of a password that are hashed: the same ones on every keyboard.

use unicode_normalization::UnicodeNormalization;

/// The password in the form NFKC, as NIST SP 800-63B, 3.1.1.2 asks: an `é` is one character on one
/// keyboard and two on another, and whoever types it sees no difference.
pub fn normalized_password(typed: &str) -> String {
    typed.nfkc().collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_accent_is_typed_in_two_ways() {
        let composed = normalized_password("Caf\u{e9}-range-2026");
        assert_eq!(normalized_password("Cafe\u{301}-range-2026"), composed);
        assert_eq!(
            normalized_password("ｓｅｃｕｒｅpassword"),
            "securepassword"
        );
        assert_ne!(normalized_password("Cafe-range-2026"), composed);
    }

    proptest! {
        #[test]
        fn ascii_stays_as_it_is_and_nothing_changes_twice(typed in "\\PC{0,40}") {
            let once = normalized_password(&typed);
            prop_assert!(!typed.is_ascii() || once == typed);
            prop_assert_eq!(normalized_password(&once), once);
        }
    }
}
