//! Search for people, products and codes by the beginnings of words, in any spelling
//! (`docs/rules.md` 79).

use std::collections::BTreeSet;

use crate::{
    referral::code_in_link,
    spelling::{fold, fold_domain},
};

/// The maximum length of a word in characters; the rest is ignored.
const WORD_MAX: usize = 64;

/// What people type for an apostrophe, or leave out. Some of them count as letters or as accents.
const QUOTES: [char; 15] = [
    '\'', '`', '´', '‘', '’', '‛', '′', '＇', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ʾ', '׳', 'ꞌ',
];

/// The words that find a row with these texts: each part of a name, with and without its apostrophes
/// and hyphens, and for an e-mail address the whole address and the parts before its `@`.
pub fn words_of(texts: &[&str]) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for piece in texts.iter().flat_map(|text| text.split_whitespace()) {
        let Some((local, domain)) = piece.rsplit_once('@') else {
            let joined = fold(&without_quotes(piece));
            words.extend(parts(&joined));
            words.insert(
                joined
                    .chars()
                    .filter(|letter| letter.is_alphanumeric())
                    .collect(),
            );
            words.extend(parts(&fold(&quotes_as_spaces(piece))));
            continue;
        };
        words.insert(address(local, domain));
        words.extend(parts(&fold(local)));
    }
    let mut words: BTreeSet<_> = words.iter().map(|word| cut(word)).collect();
    words.remove("");
    words
}

/// The beginnings that a search asks for, at most five. A row matches if each one begins one of its
/// words. A referral link asks for its code.
pub fn beginnings(typed: &str) -> Vec<String> {
    const MOST: usize = 5;
    let first = |beginnings: &mut dyn Iterator<Item = String>| -> Vec<String> {
        let cut = beginnings.map(|beginning| cut(&beginning));
        cut.filter(|beginning| !beginning.is_empty())
            .take(MOST)
            .collect()
    };
    let mut beginnings = first(&mut typed.split_whitespace().flat_map(asked_by));
    if beginnings.is_empty() {
        // Signs alone find nothing, rather than everything.
        beginnings = first(&mut typed.split_whitespace().map(fold));
    }
    beginnings.sort();
    beginnings.dedup();
    beginnings
}

fn asked_by(piece: &str) -> Vec<String> {
    match (code_in_link(piece), piece.rsplit_once('@')) {
        (Some(code), _) => vec![code.to_string()],
        (_, Some((local, domain))) => vec![address(local, domain)],
        _ => parts(&fold(&without_quotes(piece))).collect(),
    }
}

/// Whether a row with these texts matches.
pub fn finds(texts: &[&str], beginnings: &[String]) -> bool {
    let words = words_of(texts);
    let found = |beginning: &String| words.iter().any(|word| word.starts_with(beginning));
    beginnings.iter().all(found)
}

/// Whether words of these texts from before spellings were folded are the ones of today: the
/// migration left them as they were.
pub fn is_plain(texts: &[&str]) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" @.+_-".contains(&byte);
    let is_encoded = |text: &str| text.to_ascii_lowercase().contains("xn--");
    texts.iter().all(|text| {
        let is_whole = text.contains('@') || !text.contains(['.', '+', '_', '-']);
        text.bytes().all(is_plain) && is_whole && !is_encoded(text)
    })
}

fn address(local: &str, domain: &str) -> String {
    format!("{}@{}", fold(local), fold_domain(domain))
}

fn parts(folded: &str) -> impl Iterator<Item = String> {
    folded
        .split(|character: char| !character.is_alphanumeric())
        .map(str::to_owned)
}

fn without_quotes(piece: &str) -> String {
    piece.replace(QUOTES, "")
}

fn quotes_as_spaces(piece: &str) -> String {
    piece.replace(QUOTES, " ")
}

/// PostgreSQL takes no NUL in a text.
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
            "maryjane",
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
        assert_eq!(beginnings("Mary - Jane"), ["jane", "mary"]);
    }

    #[test]
    fn signs_alone_find_nothing() {
        for typed in ["%", "_", "'", "-"] {
            assert!(!beginnings(typed).is_empty(), "{typed}");
            assert!(
                !finds(&["O'Brien-Doe", "o_b%@example.com"], &beginnings(typed)),
                "{typed}"
            );
        }
    }

    /// The finding's, in both directions.
    #[test]
    fn no_spelling_of_a_name_hides_it() {
        for (one, other) in [
            ("O'Brien", "O\u{2019}Brien"),
            ("O'Brien", "OBrien"),
            ("O\u{b4}Brien", "O\u{2bc}Brien"),
            ("Sinead", "Sinéad"),
            ("Sine\u{301}ad", "Siné\u{ad}ad"),
            ("Jurgen", "Jürgen"),
            ("JÜRGEN", "jürgen"),
            ("Lukasik", "Łukasik"),
            ("Strasse", "Straße"),
            ("Mary-Jane", "Mary\u{2010}Jane"),
            ("Mary-Jane", "Mary Jane"),
            ("Ｊane", "Jane"),
            ("mia@bücher.de", "mia@xn--bcher-kva.de"),
            ("Mia@ｂücher.de", "mia@BUCHER.de"),
        ] {
            for (typed, stored) in [(one, other), (other, one)] {
                assert!(
                    finds(&[stored], &beginnings(typed)),
                    "{typed} finds {stored}"
                );
            }
        }
        assert!(finds(&["Sine\u{301}ad"], &beginnings("Siné")));
        for typed in ["O Brien", "obrien", "o'b", "O\u{2019}BRIEN", "brien"] {
            assert!(finds(&["Sinéad O'Brien"], &beginnings(typed)), "{typed}");
        }
        assert!(finds(&["Mary-Jane"], &beginnings("maryjane")));
    }

    #[test]
    fn a_code_and_a_pasted_link_are_found() {
        for typed in [
            "ab3kx7mn",
            "AB3KX7MN",
            "https://detroitarms.com?ref=ab3kx7mn",
            " https://detroitarms.com/events/ladies-night?utm=x&ref=AB3KX7MN#top ",
            "(https://detroitarms.com/r/ab3kx7mn).",
        ] {
            assert_eq!(beginnings(typed), ["ab3kx7mn"], "{typed}");
        }
        assert!(finds(&["Mia", "ab3kx7mn"], &beginnings("mia ab3k")));
    }

    /// What the words were before spellings were folded.
    fn earlier_words_of(texts: &[&str]) -> BTreeSet<String> {
        let mut words = BTreeSet::new();
        for text in texts {
            let text = text.to_lowercase();
            for piece in text.split_whitespace() {
                words.insert(piece.to_owned());
                let before_at = piece.split('@').next().unwrap();
                words.extend(
                    before_at
                        .split(|c: char| !c.is_alphanumeric())
                        .map(str::to_owned),
                );
            }
        }
        words.remove("");
        words
    }

    proptest! {
        #[test]
        fn what_is_typed_in_full_is_found(name in "\\PC{1,30}") {
            let words = words_of(&[&name]);
            prop_assume!(!words.is_empty());
            for beginning in beginnings(&name) {
                prop_assert!(words.iter().any(|word| word.starts_with(&beginning)), "{} in {:?}", beginning, words);
            }
            prop_assert!(finds(&[&name], &beginnings(&name)));
            prop_assert!(!finds(&["Jane"], &["0".to_owned()]));
        }

        #[test]
        fn plain_texts_keep_their_words(name in "[a-zA-Z0-9]{1,12}( [a-zA-Z]{1,12})?", local in "[a-z0-9]{1,6}([.+_-][a-z0-9]{1,6})?") {
            let email = format!("{local}@example.com");
            let texts = [name.as_str(), &email];
            prop_assert!(is_plain(&texts));
            prop_assert_eq!(words_of(&texts), earlier_words_of(&texts));
        }
    }
}
