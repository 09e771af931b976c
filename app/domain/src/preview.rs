//! How strangers are shown the name of whoever shared a link: on the page that it opens, and in its preview
//! (`docs/rules.md` 181 and 185).

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::spelling::without_invisible;

/// The maximum number of letters of a first name, as a reader counts them.
pub const NAME_LETTERS: usize = 20;

/// The first name as strangers are shown it: without invisible characters that no script needs there, and cut with
/// an ellipsis where it has more than [`NAME_LETTERS`] letters. `None` if nothing is left of it.
pub fn shown_name(first_name: &str) -> Option<String> {
    let visible = without_invisible(first_name).replace(char::is_control, "");
    let letters: Vec<&str> = visible.trim().graphemes(true).collect();
    let shown = match letters.len() > NAME_LETTERS {
        true => format!("{}…", letters[..NAME_LETTERS - 1].concat().trim_end()),
        false => letters.concat(),
    };
    (!shown.is_empty()).then_some(shown)
}

/// The text with each letter and its accents as one character, where Unicode has one: a font has glyphs for
/// those (NFC).
pub fn composed(text: &str) -> String {
    text.nfc().collect()
}

/// The sentence of an invitation; `site` is left out where it is not known how to show it.
pub fn invitation(name: &str, site: Option<&str>) -> String {
    match site {
        Some(site) => format!("{name} invited you to {site}"),
        None => format!("{name} invited you"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_is_shown_as_it_is() {
        for name in [
            "Jane",
            "Mary Ann",
            "Zoë",
            "O'Neil",
            "abcdefghijklmnopqrst",
            "علی\u{200c}رضا",
        ] {
            assert_eq!(shown_name(name).as_deref(), Some(name));
        }
        assert_eq!(shown_name(" Jane\u{200b}\n").as_deref(), Some("Jane"));
    }

    #[test]
    fn nothing_visible_is_no_name() {
        for name in ["", "  ", "\u{200b}", "\n"] {
            assert_eq!(shown_name(name), None, "{name:?}");
        }
    }

    #[test]
    fn a_long_name_is_cut_between_letters() {
        assert_eq!(
            shown_name("abcdefghijklmnopqrstu").as_deref(),
            Some("abcdefghijklmnopqrs…")
        );
        // Each is one letter to a reader, and two characters to a program.
        let accented = "e\u{301}".repeat(21);
        let cut = format!("{}…", "e\u{301}".repeat(19));
        assert_eq!(shown_name(&accented), Some(cut));
    }

    #[test]
    fn a_letter_and_its_accent_are_one_character() {
        assert_eq!(composed("Zoe\u{308}"), "Zoë");
    }

    #[test]
    fn an_invitation_names_who_and_where() {
        assert_eq!(
            invitation("Jane", Some("Detroit Arms")),
            "Jane invited you to Detroit Arms"
        );
        assert_eq!(invitation("Jane", None), "Jane invited you");
    }

    proptest! {
        #[test]
        fn no_name_has_more_letters_than_are_shown(name in ".{0,80}") {
            let shown = shown_name(&name).unwrap_or_default();
            prop_assert!(shown.graphemes(true).count() <= NAME_LETTERS, "{shown}");
        }
    }
}
