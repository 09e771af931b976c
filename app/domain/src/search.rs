//! Search for people by the beginnings of words.

use std::collections::BTreeSet;

/// The maximum length of a word in characters; the rest is ignored.
const WORD_MAX: usize = 64;

/// The words that find a row with these texts: each part of a name, and for an e-mail address the
/// whole address and the parts before its `@`.
pub fn words_of(texts: &[&str]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for text in texts {
        let text = text.to_lowercase();
        for piece in text.split_whitespace() {
            words.insert(cut(piece));
            let before_at = piece.split('@').next().unwrap_or(piece);
            words.extend(parts(before_at));
        }
    }
    words.remove("");
    words
}

/// The beginnings that a search asks for, at most five. A row matches if each one begins one of its
/// words.
pub fn beginnings(typed: &str) -> Vec<String> {
    const MOST: usize = 5;
    let mut beginnings: Vec<_> = typed
        .to_lowercase()
        .split_whitespace()
        .map(cut)
        .filter(|beginning| !beginning.is_empty())
        .take(MOST)
        .collect();
    beginnings.sort();
    beginnings.dedup();
    beginnings
}

/// Whether a row with these texts matches.
pub fn finds(texts: &[&str], beginnings: &[String]) -> bool {
    let words = words_of(texts);
    let found = |beginning: &String| words.iter().any(|word| word.starts_with(beginning));
    beginnings.iter().all(found)
}

fn parts(piece: &str) -> impl Iterator<Item = String> {
    piece
        .split(|character: char| !character.is_alphanumeric())
        .map(cut)
}

fn cut(text: &str) -> String {
    text.chars()
        .filter(|character| *character != '\0')
        .take(WORD_MAX)
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_person_is_found_by_any_part_of_the_name_and_by_the_address() {
        let words = words_of(&["Mary-Jane", "Van Doe", "m.doe+x@Example.com"]);
        for word in [
            "mary-jane",
            "mary",
            "jane",
            "van",
            "doe",
            "m.doe+x@example.com",
            "m",
            "x",
        ] {
            assert!(words.contains(word), "{word} in {words:?}");
        }
        assert!(
            !words.contains("example"),
            "everybody has one of few domains"
        );
    }

    #[test]
    fn each_word_typed_must_begin_one() {
        assert_eq!(beginnings("  Doe  JANE doe "), ["doe", "jane"]);
        assert!(beginnings(" \t \0 ").is_empty());
    }

    proptest! {
        #[test]
        fn what_is_typed_in_full_is_found(name in "[a-zA-Z]{1,12}( [a-zA-Z]{1,12})?") {
            let words = words_of(&[&name]);
            for beginning in beginnings(&name) {
                prop_assert!(words.iter().any(|word| word.starts_with(&beginning)));
            }
            prop_assert!(finds(&[&name], &beginnings(&name)));
            prop_assert!(!finds(&[&name], &["0".to_owned()]));
        }
    }
}
