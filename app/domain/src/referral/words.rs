//! What a new member says about who referred them, where that is no code: a name, as a rule.

use crate::spelling::is_invisible;

/// The most characters that are kept; the rest is cut off.
pub const REFERRER_WORDS_MAX: usize = 400;

/// The words as they are kept and shown: on one line and without invisible characters. `None` if nothing is left.
pub fn referrer_words(typed: &str) -> Option<String> {
    let seen = |character: &char| !is_invisible(*character);
    let is_space = |character: char| character.is_whitespace() || character.is_control();
    let text: String = typed.chars().filter(seen).collect();
    let words: Vec<_> = text
        .split(is_space)
        .filter(|word| !word.is_empty())
        .collect();
    let line: String = words.join(" ").chars().take(REFERRER_WORDS_MAX).collect();
    let line = line.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_are_kept_on_one_line() {
        for (typed, kept) in [
            (" Mia  Stone ", Some("Mia Stone")),
            ("Mia\r\nfrom\tthe range", Some("Mia from the range")),
            ("Mi\u{200b}a\u{202e}", Some("Mia")),
            ("a\0b", Some("a b")),
            ("", None),
            (" \u{200b}\n", None),
        ] {
            assert_eq!(referrer_words(typed).as_deref(), kept, "{typed:?}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_fits_and_hides_nothing(typed in "(?s).{0,900}") {
            if let Some(words) = referrer_words(&typed) {
                prop_assert!(words.chars().count() <= REFERRER_WORDS_MAX);
                prop_assert!(!words.chars().any(|letter| letter.is_control() || is_invisible(letter)));
                prop_assert_eq!(words.trim(), &words);
            }
        }
    }
}
