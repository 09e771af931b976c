//! Which names can be read: a name is a link in the console, a line in the audit log and the subject
//! of a mail, and must not look like nothing or like another one (`docs/rules.md` 78).

use icu_properties::{
    CodePointMapData, CodePointSetData,
    props::{
        CanonicalCombiningClass, DefaultIgnorableCodePoint, GeneralCategory, GeneralCategoryGroup,
        JoiningType,
    },
};

const JOINER: char = '\u{200d}';
const NON_JOINER: char = '\u{200c}';

/// Whether the character leaves no mark: zero-width and filling ones, and those that turn the
/// direction of writing (Unicode's `Default_Ignorable_Code_Point`).
pub fn is_invisible(character: char) -> bool {
    CodePointSetData::new::<DefaultIgnorableCodePoint>().contains(character)
}

/// The text without the characters that leave no mark, except for joiners where a script needs them.
pub fn without_invisible(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    let seen = letters.iter().enumerate().filter(|(place, letter)| {
        !is_invisible(**letter) || is_needed(&letters[..*place], **letter, &letters[place + 1..])
    });
    seen.map(|(_, letter)| *letter).collect()
}

/// What is wrong with the characters of a name; `None` if it can be read. `digits` says whether a
/// number alone is a name, as of a product.
pub fn name_complaint(name: &str, digits: bool) -> Option<&'static str> {
    let category = CodePointMapData::<GeneralCategory>::new();
    let letters: Vec<char> = name.chars().collect();
    let is_line_break = |letter: &char| {
        matches!(
            category.get(*letter),
            GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator
        )
    };
    if letters
        .iter()
        .any(|letter| letter.is_control() || is_line_break(letter))
    {
        return Some("Remove control characters and line breaks.");
    }
    let hidden = letters.iter().enumerate().any(|(place, letter)| {
        is_invisible(*letter) && !is_needed(&letters[..place], *letter, &letters[place + 1..])
    });
    if hidden {
        return Some("Remove the invisible characters. Type the name, do not paste it.");
    }
    let reads = |letter: &char| {
        let category = category.get(*letter);
        let is_letter = GeneralCategoryGroup::Letter.contains(category);
        (is_letter || digits && GeneralCategoryGroup::Number.contains(category))
            && !is_invisible(*letter)
    };
    match (letters.iter().any(reads), digits) {
        (true, _) => None,
        (false, true) => Some("Use at least one letter or digit."),
        (false, false) => Some("Use at least one letter."),
    }
}

/// Whether the scripts of the letters around need a joiner there, as Persian and Sinhala do
/// (RFC 5892, A.1 and A.2). Everywhere else it cannot be seen.
fn is_needed(before: &[char], character: char, after: &[char]) -> bool {
    let class = CodePointMapData::<CanonicalCombiningClass>::new();
    let joining = CodePointMapData::<JoiningType>::new();
    let after_virama = before
        .last()
        .is_some_and(|last| class.get(*last) == CanonicalCombiningClass::Virama);
    let is_solid = |letter: &&char| joining.get(**letter) != JoiningType::Transparent;
    match character {
        JOINER => after_virama,
        NON_JOINER if after_virama => true,
        NON_JOINER => {
            let joins_on = before.iter().rev().find(is_solid).is_some_and(|letter| {
                let joining = joining.get(*letter);
                joining == JoiningType::LeftJoining || joining == JoiningType::DualJoining
            });
            let joins_back = after.iter().find(is_solid).is_some_and(|letter| {
                let joining = joining.get(*letter);
                joining == JoiningType::RightJoining || joining == JoiningType::DualJoining
            });
            joins_on && joins_back
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_of_the_world_can_be_read() {
        for name in [
            "Jane",
            "O\u{2019}Brien",
            "Müller-Łukasik",
            "Jr.",
            "李",
            "ليلى",
            "ירדן",
            "Nguyễn",
            // Persian writes a non-joiner within words, Sinhala and Devanagari a joiner.
            "علی\u{200c}رضا",
            "ශ\u{dca}\u{200d}රී",
            "क\u{94d}\u{200c}ष",
        ] {
            assert_eq!(name_complaint(name, false), None, "{name}");
        }
    }

    #[test]
    fn what_cannot_be_seen_is_no_name() {
        for name in [
            "\u{200b}",
            "\u{3164}",
            "\u{2800}",
            "\u{2800}\u{2800}",
            "\u{ad}",
            "\u{2060}",
            "\u{200e}",
            "\u{200f}",
            "\u{115f}\u{1160}",
            "\u{301}",
            "...",
            "🎯",
        ] {
            assert!(name_complaint(name, false).is_some(), "{name:?}");
            assert!(name_complaint(name, true).is_some(), "{name:?}");
        }
    }

    #[test]
    fn nothing_hides_in_a_name() {
        for name in [
            "Ann\u{202e}eoD",
            "Match\u{202e}52$",
            "Par\u{202e}ten",
            "Ja\u{200b}ne",
            "Ja\u{200d}ne",
            "Ja\u{200c}ne",
            "Jane\u{200c}",
            "\u{200d}Jane",
            "Ja\u{ad}ne",
            "Jane\u{3164}",
            "\u{feff}Jane",
            "Jane\u{2066}\u{2069}",
            "Jane\u{e0041}",
            "علی\u{200c}",
            "a\nb",
            "a\0b",
            "a\u{2028}b",
        ] {
            assert!(name_complaint(name, false).is_some(), "{name:?}");
        }
    }

    #[test]
    fn of_what_cannot_be_seen_a_needed_joiner_stays() {
        for (text, seen) in [
            ("Ja\u{200b}ne\u{200d}", "Jane"),
            ("Jane\u{200c}", "Jane"),
            ("علی\u{200c}رضا", "علی\u{200c}رضا"),
            ("\u{202e}علی\u{200c}", "علی"),
            ("ශ\u{dca}\u{200d}රී", "ශ\u{dca}\u{200d}රී"),
        ] {
            assert_eq!(without_invisible(text), seen, "{text:?}");
        }
    }

    #[test]
    fn a_number_names_a_product_and_nobody() {
        assert_eq!(name_complaint("1911", true), None);
        assert_eq!(
            name_complaint("1911", false),
            Some("Use at least one letter.")
        );
    }

    proptest! {
        #[test]
        fn whatever_is_taken_has_a_letter_and_no_direction(name in "\\PC{0,30}") {
            if name_complaint(&name, false).is_none() {
                prop_assert!(name.chars().any(char::is_alphabetic));
                let turned = ['\u{200b}', '\u{200e}', '\u{202e}', '\u{2066}', '\u{feff}'];
                prop_assert!(!name.contains(turned));
            }
        }
    }
}
