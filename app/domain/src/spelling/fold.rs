//! Folds texts for the search, so that `O'Brien` finds `O’BRIEN` and `Jurgen` finds `Jürgen`.

use unicode_normalization::{UnicodeNormalization, char::canonical_combining_class};

use super::is_invisible;

/// The text without case, accents, widths and invisible characters. Texts that a reader would call
/// the same word fold to the same text; the folded text is for comparing alone.
pub fn fold(text: &str) -> String {
    let lower = text.nfkd().flat_map(char::to_lowercase);
    // A class other than 0 is an accent, a vowel point or another mark on a letter.
    let bare = lower
        .nfkd()
        .filter(|letter| canonical_combining_class(*letter) == 0 && !is_invisible(*letter));
    let mut folded = String::with_capacity(text.len());
    for letter in bare {
        match plain(letter) {
            Some(plain) => folded.push_str(plain),
            None => folded.push(letter),
        }
    }
    // Composed again, since each syllable of Hangul was taken apart.
    folded.nfc().collect()
}

/// A domain folded from its Unicode form, however it was typed.
pub fn fold_domain(domain: &str) -> String {
    let (unicode, _) = idna::domain_to_unicode(domain);
    fold(&unicode)
}

/// The Latin letters that people type without their stroke or ligature, although Unicode does not
/// decompose them, and the sigma that Greek writes at the end of a word.
fn plain(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'đ' | 'ð' => "d",
        'ł' => "l",
        'ħ' => "h",
        'ŧ' => "t",
        'þ' => "th",
        'ı' => "i",
        'ŋ' => "n",
        'ς' => "σ",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn accents_case_and_width_do_not_count() {
        for (text, folded) in [
            ("Sinéad", "sinead"),
            ("Sine\u{301}ad", "sinead"),
            ("JÜRGEN", "jurgen"),
            ("Müller-Łukasik", "muller-lukasik"),
            ("Ｂücher", "bucher"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("Þóra Björk Ægisdóttir", "thora bjork aegisdottir"),
            ("İstanbul", "istanbul"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευσ"),
            ("Ὀδυσσεύς", "οδυσσευσ"),
            ("한국", "한국"),
            ("לַיְלָה", "לילה"),
            ("a\u{200b}b\u{ad}c", "abc"),
        ] {
            assert_eq!(fold(text), folded, "{text}");
        }
    }

    #[test]
    fn a_domain_has_one_form() {
        for typed in ["bücher.de", "BÜCHER.de", "xn--bcher-kva.de", "ｂücher.de"] {
            assert_eq!(fold_domain(typed), "bucher.de", "{typed}");
        }
    }

    proptest! {
        #[test]
        fn what_is_folded_stays_so(text in "\\PC{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn encodings_of_a_text_fold_alike(text in "\\PC{0,40}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&text.nfd().collect::<String>()), folded.clone());
            prop_assert_eq!(fold(&text.nfkc().collect::<String>()), folded);
        }
    }
}
